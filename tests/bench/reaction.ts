import Table from 'cli-table3';
import { percentile } from './median.ts';
import { reactionRun, type ReactionRun, type ReactionSize } from './reaction-run.ts';

const SIZE: ReactionSize = { accounts: 40, symbols: 50, eventsPerSecond: 100 };
const GOAL = { p50Ms: 5, p99Ms: 25 };

interface Reaction {
  readonly events: number;
  readonly answered: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly checksPerSecond: number;
  readonly listings: number;
}

interface ReactionFigures {
  readonly promoted: Reaction;
  readonly inTurn: Reaction;
  readonly goal: typeof GOAL;
}

/**
 * From a fill to the request that it asks for, while all 2,000 monitors are swept as in production, every 15 s: with wake-ups that overtake sweeps, and
 * beside it with wake-ups that wait in their turn, which must miss the goal.
 */
export async function reaction(): Promise<ReactionFigures> {
  const promoted = toFigures(await reactionRun(SIZE, true));
  const inTurn = toFigures(await reactionRun(SIZE, false));
  print({ promoted, inTurn });
  return { promoted, inTurn, goal: GOAL };
}

function toFigures({ events, reactionsMs, checksPerSecond, listings }: ReactionRun): Reaction {
  return {
    events,
    answered: reactionsMs.length,
    p50Ms: percentile(reactionsMs, 50),
    p99Ms: percentile(reactionsMs, 99),
    checksPerSecond,
    listings,
  };
}

function print({ promoted, inTurn }: Omit<ReactionFigures, 'goal'>): void {
  const table = new Table({ head: ['wake-ups', 'fills', 'answered', 'p50 ms', 'p99 ms', 'checks/s', 'listing calls'] });
  for (const [name, run] of [['overtake sweeps', promoted] as const, ['wait in turn', inTurn] as const]) {
    table.push([name, run.events, run.answered, run.p50Ms, run.p99Ms, run.checksPerSecond, run.listings]);
  }
  table.push(['goal', '', 'all', `<= ${GOAL.p50Ms}`, `<= ${GOAL.p99Ms}`, '', '']);
  process.stdout.write(`fill to protective request, by the exchange's clock\n${table.toString()}\n`);
}
