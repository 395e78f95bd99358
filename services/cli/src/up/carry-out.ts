import { writeFile } from 'node:fs/promises';
import type { Plan } from '@backstop/core';
import { aborted, ConfigError, every, sleep } from '@backstop/runtime';
import { fleetTally } from './fleet-tally.ts';
import type { FleetTally } from './fleet-tally.ts';
import { handOver, LEFT_OUT } from './hand-over.ts';
import { isSetUp } from './is-set-up.ts';
import { liveView } from './live-view.ts';
import type { OpenRun } from './open-run.ts';
import { pollUntil } from './poll-until.ts';
import type { Preparation } from './prepare.ts';
import { buildReport, gatherFromRedis, markRedis } from './report.ts';
import { requestSamples } from './request-samples.ts';
import type { RequestSamples } from './request-samples.ts';
import { reportTable } from './report-table.ts';
import type { SimulatorClient, Truth } from './simulator-client.ts';
import { statusLine } from './status-line.ts';
import type { UpOptions } from './up-options.ts';

export interface Course {
  readonly print: (text: string) => void;
  /** Aborts when the run has to end before its time. */
  readonly ending: AbortSignal;
  /** When the first process of the run was started, ms since 1970. */
  readonly startedAtMs: number;
}

const SETUP_LIMIT_MS = 60_000;
const SETUP_POLL_MS = 250;
const LOOK_MS = 1_000;
const LOOKS_PER_STATUS = 5;
/** After the market stands still: what has just been filled is reacted to. */
const SETTLE_MS = 2_000;
const SERVICES_STOP_MS = 5_000;
/** Strong enough that within a minute many first take-profits and entries, and some stops, are hit. */
const WALK = { stepMs: 250, volatilityPctPerMinute: 6 };

/**
 * Hands the plans over and tells what becomes of them until the time is over; then reports, on a simulated exchange. Throws
 * ConfigError for faults of new plans: at once, or at the end when monitors of earlier runs may depend on this one.
 */
export async function carryOut(preparation: Preparation, run: OpenRun, course: Course): Promise<void> {
  const { simulator } = run;
  if (simulator !== undefined) return simulate({ preparation, run, simulator }, course);

  const { faults } = await handOver(preparation, run, course);
  course.print('`backstop status` shows what becomes of them');
  await aborted(ended(course.ending, preparation.options.forMs));
  if (faults.length > 0) throw new ConfigError(LEFT_OUT, faults);
}

interface Simulation {
  readonly preparation: Preparation;
  readonly run: OpenRun;
  readonly simulator: SimulatorClient;
}

async function simulate({ preparation, run, simulator }: Simulation, course: Course): Promise<void> {
  const { redis } = run;
  const { options, workload } = preparation;
  const mark = await markRedis(redis);
  const { accepted } = await handOver(preparation, run, course);
  const over = ended(course.ending, options.forMs);
  const tally = fleetTally(course.startedAtMs);
  const samples = requestSamples();
  const setupMs = await watchMarket(
    { run, simulator, tally, samples, plans: accepted, options },
    { print: course.print, over },
  );
  if (run.failed.aborted) return;

  if (!course.ending.aborted) await sleep(SETTLE_MS, course.ending);
  await run.services.stop(SERVICES_STOP_MS);
  await tally.look(redis);
  const report = buildReport({
    monitors: workload.plans.length,
    setupMs,
    truth: await simulator.truth(),
    tally,
    samples,
    ...(await gatherFromRedis(redis, mark)),
  });
  course.print(`\n${reportTable(report)}`);
  if (options.report !== undefined) await writeFile(options.report, `${JSON.stringify(report, null, 2)}\n`);
}

interface Market {
  readonly run: OpenRun;
  readonly simulator: SimulatorClient;
  readonly tally: FleetTally;
  readonly samples: RequestSamples;
  readonly plans: readonly Plan[];
  readonly options: UpOptions;
}

/** Shows the plans being set up, lets prices move, and shows what follows. Resolves with the time that the set-up took, ms. */
async function watchMarket(
  { run, simulator, tally, samples, plans, options }: Market,
  { print, over }: Pick<Course, 'print'> & { readonly over: AbortSignal },
): Promise<number | undefined> {
  const startedMs = performance.now();
  const view = liveView(plans);
  const tell = (text: string): void =>
    print(`${((performance.now() - startedMs) / 1_000).toFixed(1).padStart(6)} s  ${text}`);
  const look = async (): Promise<Truth> => {
    await tally.look(run.redis).catch(() => undefined); // while Redis is away, the next look tells
    const truth = await simulator.truth();
    samples.add(Date.now(), truth);
    for (const line of view.lines(truth)) tell(line);
    return truth;
  };
  const setUp = async (): Promise<number | undefined> => {
    const truth = await look();
    return plans.every((plan) => isSetUp(plan, truth)) ? Math.round(performance.now() - startedMs) : undefined;
  };
  const setupMs = await pollUntil(setUp, { everyMs: SETUP_POLL_MS, limitMs: SETUP_LIMIT_MS, signal: over });
  if (over.aborted) return setupMs;

  tell(
    setupMs === undefined
      ? `warning: not all plans are set up after ${SETUP_LIMIT_MS / 1_000} s`
      : `all plans are set up after ${setupMs} ms`,
  );
  if (options.market === 'walk') {
    tell('prices move');
    await simulator.walk({ seed: options.seed, ...WALK });
  }
  let looks = 0;
  const lookAround = async (): Promise<void> => {
    const truth = await look();
    if (++looks % LOOKS_PER_STATUS === 0) tell(statusLine(truth));
  };
  await every(LOOK_MS, over, lookAround, (error) =>
    tell(`no answer: ${error instanceof Error ? error.message : 'unknown'}`),
  );
  await simulator.stopWalk().catch(() => undefined);
  return setupMs;
}

function ended(ending: AbortSignal, forMs: number | undefined): AbortSignal {
  return forMs === undefined ? ending : AbortSignal.any([ending, AbortSignal.timeout(forMs)]);
}
