import Table from 'cli-table3';
import { percentile } from './median.ts';
import { reactionRun, type Reaction, type ReactionRun, type ReactionSize } from './reaction-run.ts';

const SIZE: ReactionSize = { accounts: 40, symbols: 75, eventsPerSecond: 100 };
const GOAL = { p50Ms: 5, p99Ms: 25 };
/** Ten seconds in which every process does for the first times what a fill asks of it: shown apart from the twenty that come after, a sweep among them. */
const FIRST_FILLS = 1_000;

interface Times {
  readonly fills: number;
  /** From the frame that told of the fill. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** From the fill itself. */
  readonly fromFillP50Ms: number;
  readonly fromFillP99Ms: number;
}

interface Way {
  readonly events: number;
  readonly answered: number;
  readonly justStarted: Times;
  readonly running: Times;
  readonly checksPerSecond: number;
  readonly listings: number;
}

interface ReactionFigures {
  readonly promoted: Way;
  readonly inTurn: Way;
  readonly goal: typeof GOAL;
}

/**
 * From the frame that tells of a fill to the request that it asks for, while all 3,000 monitors are swept as in production, every 15 s: with wake-ups that overtake sweeps, and
 * beside it with wake-ups that wait in their turn, which must miss the goal. Each twice, in an order that favours neither.
 */
export async function reaction(): Promise<ReactionFigures> {
  const first = await reactionRun(SIZE, true);
  const inTurn = toFigures([await reactionRun(SIZE, false), await reactionRun(SIZE, false)]);
  const promoted = toFigures([first, await reactionRun(SIZE, true)]);
  print({ promoted, inTurn });
  return { promoted, inTurn, goal: GOAL };
}

function toFigures(runs: readonly ReactionRun[]): Way {
  return {
    events: sum(runs.map(({ events }) => events)),
    answered: sum(runs.map(({ reactions }) => reactions.length)),
    justStarted: toTimes(runs.flatMap(({ reactions }) => reactions.slice(0, FIRST_FILLS))),
    running: toTimes(runs.flatMap(({ reactions }) => reactions.slice(FIRST_FILLS))),
    checksPerSecond: Math.round(sum(runs.map(({ checksPerSecond }) => checksPerSecond)) / runs.length),
    listings: sum(runs.map(({ listings }) => listings)),
  };
}

function toTimes(reactions: readonly Reaction[]): Times {
  const sinceFrameMs = reactions.map((one) => one.sinceFrameMs);
  const sinceFillMs = reactions.map((one) => one.sinceFillMs);
  return {
    fills: reactions.length,
    p50Ms: percentile(sinceFrameMs, 50),
    p99Ms: percentile(sinceFrameMs, 99),
    fromFillP50Ms: percentile(sinceFillMs, 50),
    fromFillP99Ms: percentile(sinceFillMs, 99),
  };
}

function print({ promoted, inTurn }: Omit<ReactionFigures, 'goal'>): void {
  const head = ['wake-ups', 'processes', 'fills', 'p50 ms', 'p99 ms', 'from the fill', '', 'checks/s', 'listing calls'];
  const table = new Table({ head });
  for (const [name, way] of [['overtake sweeps', promoted] as const, ['wait in turn', inTurn] as const]) {
    for (const [state, times] of [['running', way.running] as const, ['just started', way.justStarted] as const]) {
      const { fills, p50Ms, p99Ms, fromFillP50Ms, fromFillP99Ms } = times;
      table.push([name, state, fills, p50Ms, p99Ms, fromFillP50Ms, fromFillP99Ms, way.checksPerSecond, way.listings]);
    }
  }
  table.push(['goal', 'running', 'all', `<= ${GOAL.p50Ms}`, `<= ${GOAL.p99Ms}`, '', '', '', '']);
  const answered = `${promoted.answered + inTurn.answered} of ${promoted.events + inTurn.events} answered`;
  process.stdout.write(
    `the frame that told of the fill to the protective request, by the exchange's clock: ${answered}\n${table.toString()}\n`,
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
