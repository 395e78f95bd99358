import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Plan } from '@backstop/core';
import { drainAll } from '@backstop/maintenance/tasks/drain-outbox';
import { COMPILE_CACHE } from '@backstop/runtime';
import {
  accountKeys,
  ALL_BUCKETS,
  keepInstallation,
  listProcesses,
  oldestChecked,
  openArchive,
  type Redis,
} from '@backstop/store';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { readTruth, type Truth } from '../support/truth.ts';
import { acceptAll } from './accept-all.ts';
import { eachPart } from './each-part.ts';
import { startMarket, type Market } from './market.ts';
import { cpuSeconds } from './read-cpu.ts';
import { LETTERS, setLimits, standingPlans, standPositions } from './standing-positions.ts';
import { startServices, STREAMS } from './start-services.ts';

export interface StartSize {
  readonly accounts: number;
  readonly symbols: number;
  /** Every so many positions one has no stop; 1 = none has. */
  readonly bareEvery: number;
}

/** Times are ms from the moment in which the processes were started. */
export interface StartRun {
  /** All processes are up: the last one has sent its first beat. */
  readonly upMs: number;
  /** All plans are back in Redis. */
  readonly restoredMs: number;
  /** Each position, when a read that shows it had landed. */
  readonly observedMs: readonly number[];
  /** Each stop that was missing, when the exchange had it. */
  readonly stopsMs: readonly number[];
  /** When the exchange stood with a stop under every position; requests until then, by endpoint and outcome. */
  readonly requests: Readonly<Record<string, number>>;
  readonly rateLimited: number;
  /** Seconds of CPU by part until then: with all of it on few cores, what bounds the times. */
  readonly cpu: Readonly<Record<string, number>>;
  /** What the processes warned of, and how often. */
  readonly warnings: Readonly<Record<string, number>>;
}

const LIMIT_MS = 90_000;
/** What is looked at uses the same cores: seldom, where Redis and the exchange have noted when it happened. */
const LOOK_MS = 50;
const SELDOM_MS = 250;
/** The truth of so many positions is long, and the exchange does nothing else while it tells it: not before all have been observed. */
const ASK_MS = 1_000;

/** Starts an installation that has lost its Redis, over positions that stand on the exchange, and follows it until all have stops. */
export async function startRun(size: StartSize): Promise<StartRun> {
  await using opened = new AsyncDisposableStack();
  const market = opened.use(await startMarket(size));
  const fleet = opened.use(await startFleet({ exchangeUrl: market.url, accountsFile: market.accountsFile }));
  const folder = await mkdtemp(join(tmpdir(), 'backstop-start-'));
  opened.defer(() => rm(folder, { recursive: true, force: true }));

  const plans = standingPlans(market);
  const bare = new Set(plans.filter((_plan, at) => at % size.bareEvery === 0));
  await standPositions(market, plans, (plan) => bare.has(plan));
  const archiveDir = join(folder, 'archive');
  await archivePlans(fleet, plans, archiveDir);
  await setLimits(market, true);

  const startedMs = Date.now();
  // As `up` starts them; the first start of a checkout compiles what the others find.
  const env = { BACKSTOP_ARCHIVE_DIR: archiveDir, SCHEDULER_ROUND_MS: '15000', NODE_COMPILE_CACHE: COMPILE_CACHE };
  const processes = startServices(fleet, { workers: 2, streams: STREAMS, env });
  const unstarted = (error: unknown): never => {
    throw new Error(`not started: ${JSON.stringify(warningsOf(fleet))}`, { cause: error });
  };
  const seen = await follow(fleet, plans, { startedMs, processes }).catch(unstarted);
  const truth = await untilProtected(market, startedMs).catch(unstarted);
  const stops = truth.orders.filter((order) => order.stopOrderType === 'StopLoss' && order.createdAtMs >= startedMs);
  return {
    ...seen,
    stopsMs: stops.map(({ createdAtMs }) => createdAtMs - startedMs),
    requests: countRequests(truth),
    rateLimited: truth.rateLimited,
    cpu: await eachPart(fleet, market, cpuSeconds),
    warnings: warningsOf(fleet),
  };
}

/** What an archive holds when only it is left. */
async function archivePlans({ redis }: Fleet, plans: readonly Plan[], dataDir: string): Promise<void> {
  await keepInstallation(redis, LETTERS);
  await acceptAll(redis, plans);
  await using archive = await openArchive({ dataDir });
  await archive.installation(LETTERS);
  await drainAll(redis, archive);
  await redis.flushall();
}

/** Looks into Redis until each account has been read, all plans are there, and all processes have told of themselves. */
async function follow(
  { redis }: Fleet,
  plans: readonly Plan[],
  { startedMs, processes }: { readonly startedMs: number; readonly processes: number },
): Promise<Pick<StartRun, 'upMs' | 'restoredMs' | 'observedMs'>> {
  const accounts = [...new Set(plans.map(({ account }) => account))];
  const isUp = async (): Promise<boolean> => (await listProcesses(redis)).length >= processes;
  const isRestored = async (): Promise<boolean> => (await countActive(redis)) === plans.length;
  const [observed, upMs, restoredMs] = await Promise.all([
    observations(redis, accounts, startedMs),
    msUntil(isUp, startedMs),
    msUntil(isRestored, startedMs),
  ]);
  return { upMs, restoredMs, observedMs: plans.map(({ account }) => observed.get(account) ?? Number.NaN) };
}

/** By account, when its first whole reading had landed. */
async function observations(
  redis: Redis,
  accounts: readonly string[],
  startedMs: number,
): Promise<ReadonlyMap<string, number>> {
  const observed = new Map<string, number>();
  const look = async (): Promise<boolean> => {
    const unread = accounts.filter((account) => !observed.has(account));
    const ends = await Promise.all(unread.map((account) => redis.hget(accountKeys(account).positionListing, 'end')));
    for (const [at, account] of unread.entries()) {
      const end = ends[at] ?? null;
      if (end !== null) observed.set(account, Number(end) - startedMs);
    }
    return observed.size === accounts.length;
  };
  await msUntil(look, startedMs, SELDOM_MS);
  return observed;
}

async function msUntil(isSo: () => Promise<boolean>, startedMs: number, everyMs = LOOK_MS): Promise<number> {
  while (!(await isSo())) {
    if (Date.now() - startedMs > LIMIT_MS) throw new Error(`not in ${LIMIT_MS} ms`);
    await pause(everyMs);
  }
  return Date.now() - startedMs;
}

async function countActive(redis: Redis): Promise<number> {
  const buckets = ALL_BUCKETS.map((bucket) => oldestChecked(redis, bucket));
  return (await Promise.all(buckets)).reduce((total, { count }) => total + count, 0);
}

async function untilProtected({ url }: Market, startedMs: number): Promise<Truth> {
  for (;;) {
    const truth = await readTruth(url);
    if (truth.totals.protectedNow === truth.totals.openNow) return truth;
    if (Date.now() - startedMs > LIMIT_MS) throw new Error(`${truth.totals.protectedNow} positions are protected`);
    await pause(ASK_MS);
  }
}

function countRequests({ requests }: Truth): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { endpoint, outcome, count } of requests) {
    const name = `${endpoint} ${outcome}`;
    counts[name] = (counts[name] ?? 0) + count;
  }
  return counts;
}

function warningsOf({ services }: Fleet): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { level, msg, reason } of services.flatMap(({ lines }) => lines)) {
    if (level === 'info' || typeof msg !== 'string') continue;
    const name =
      typeof reason === 'string' ? `${msg}: ${reason.replaceAll(/[\da-f-]{8,}/g, 'id').replaceAll(/\d+/g, 'n')}` : msg;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
