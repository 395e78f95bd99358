import Table from 'cli-table3';
import { percentile } from './median.ts';
import { reactionRun, type ReactionRun, type ReactionSize } from './reaction-run.ts';

const SIZE: ReactionSize = { accounts: 40, symbols: 50, eventsPerSecond: 100 };
const GOAL = { p50Ms: 5, p99Ms: 25 };

interface Reaction {
  readonly events: number;
  readonly answered: number;
  /** From the frame that told of the fill. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** From the fill itself. */
  readonly fromFillP50Ms: number;
  readonly fromFillP99Ms: number;
  readonly checksPerSecond: number;
  readonly listings: number;
}

interface ReactionFigures {
  readonly promoted: Reaction;
  readonly inTurn: Reaction;
  readonly goal: typeof GOAL;
}

/**
 * From the frame that tells of a fill to the request that it asks for, while all 2,000 monitors are swept as in production, every 15 s: with wake-ups that overtake sweeps, and
 * beside it with wake-ups that wait in their turn, which must miss the goal.
 */
export async function reaction(): Promise<ReactionFigures> {
  const promoted = toFigures(await reactionRun(SIZE, true));
  const inTurn = toFigures(await reactionRun(SIZE, false));
  print({ promoted, inTurn });
  return { promoted, inTurn, goal: GOAL };
}

function toFigures({ events, reactionsMs, sinceFrameMs, checksPerSecond, listings }: ReactionRun): Reaction {
  return {
    events,
    answered: reactionsMs.length,
    p50Ms: percentile(sinceFrameMs, 50),
    p99Ms: percentile(sinceFrameMs, 99),
    fromFillP50Ms: percentile(reactionsMs, 50),
    fromFillP99Ms: percentile(reactionsMs, 99),
    checksPerSecond,
    listings,
  };
}

function print({ promoted, inTurn }: Omit<ReactionFigures, 'goal'>): void {
  const head = ['wake-ups', 'fills', 'answered', 'p50 ms', 'p99 ms', 'from the fill', '', 'checks/s', 'listing calls'];
  const table = new Table({ head });
  for (const [name, run] of [['overtake sweeps', promoted] as const, ['wait in turn', inTurn] as const]) {
    const times = [run.p50Ms, run.p99Ms, run.fromFillP50Ms, run.fromFillP99Ms];
    table.push([name, run.events, run.answered, ...times, run.checksPerSecond, run.listings]);
  }
  table.push(['goal', '', 'all', `<= ${GOAL.p50Ms}`, `<= ${GOAL.p99Ms}`, '', '', '', '']);
  process.stdout.write(
    `the frame that told of the fill to the protective request, by the exchange's clock\n${table.toString()}\n`,
  );
}
