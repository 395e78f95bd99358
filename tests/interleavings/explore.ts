import { BRANCH_NAMES, type Branches } from '../faults/branches.ts';
import { seededRandom } from '../faults/random.ts';
import type { Game, Move } from './game.ts';
import { openTable, type Table, type TableOptions } from './table.ts';

const SEED = 20_260_105;

export interface ExploreOptions extends TableOptions {
  /** Ends after so many plays, which are taken by chance, always the same ones; absent or Infinity = plays the whole game. */
  readonly most?: number;
  /** Plays this once, and nothing else: the moves that a failure names. */
  readonly only?: readonly Move[];
  /** Ends at the first fault in which this occurs. */
  readonly until?: string;
}

export interface Explored {
  /** Each begins anew, and goes on until all is over or it comes to where another one was. */
  readonly plays: number;
  readonly states: number;
  /** What all jobs left, each once. */
  readonly ends: ReadonlySet<string>;
  /** In how many of these something executed among the steps. */
  readonly withFill: number;
  /** Those that did not come to rest as they must, each with its moves and what was wrong. */
  readonly failed: readonly string[];
  /** How often which guard was reached, over all plays. */
  readonly branches: Branches;
}

/**
 * Plays a game in every order that it allows, and lets each end come to rest. Where two orders come to the same state it goes on from
 * one of them only, unless `isFull`. Throws where equal moves do not lead to equal states, since then nothing follows from that.
 */
export async function explore(game: Game, options: ExploreOptions = {}): Promise<Explored> {
  const { only, until, most = only === undefined ? Infinity : 1 } = options;
  const found: Found = { plays: 0, withFill: 0, states: new Set(), ends: new Set(), failed: [], branches: {} };
  const open: Start[] = [{ moves: only ?? [], state: undefined }];
  const random = seededRandom(SEED);
  while (open.length > 0 && found.plays < most) {
    const start = takeOut(open, most === Infinity ? open.length - 1 : random.int(0, open.length - 1));
    found.plays += 1;
    await playFrom(start, { game, options, open, found });
    if (isSeen(until, found)) break;
  }
  return { ...found, states: found.states.size, branches: branchesOf(found) };
}

function isSeen(fault: string | undefined, { failed }: Found): boolean {
  return fault !== undefined && failed.some((text) => text.includes(fault));
}

/** The first moves of a play; with the state from which the last one of them is made. */
interface Start {
  readonly moves: readonly Move[];
  readonly state: string | undefined;
}

interface Found extends Omit<
  { -readonly [Key in keyof Explored]: Explored[Key] },
  'states' | 'ends' | 'failed' | 'branches'
> {
  readonly states: Set<string>;
  readonly ends: Set<string>;
  readonly failed: string[];
  readonly branches: Partial<Record<keyof Branches, number>>;
}

interface Search {
  readonly game: Game;
  readonly options: ExploreOptions;
  readonly open: Start[];
  readonly found: Found;
}

async function playFrom(start: Start, search: Search): Promise<void> {
  using table = await openTable(search.game, search.options);
  for (const [at, move] of start.moves.entries()) {
    const isLast = at === start.moves.length - 1;
    const isElsewhere = isLast && start.state !== undefined && table.state() !== start.state;
    if (isElsewhere) throw new Error(`the same moves led elsewhere: ${start.moves.join(' ')}`);
    await table.play(move);
  }
  const moves = await goOn([...start.moves], table, search);
  for (const name of BRANCH_NAMES)
    search.found.branches[name] = (search.found.branches[name] ?? 0) + table.branches()[name];
  if (moves !== undefined) await endOf(moves, table, search);
}

/** Goes on to the end, and notes what else could have been done on the way; undefined = there was a play before that went on from here. */
async function goOn(
  moves: Move[],
  table: Table,
  { options, open, found }: Search,
): Promise<readonly Move[] | undefined> {
  for (;;) {
    const state = table.state();
    if (options.isFull !== true && found.states.has(state)) return undefined;
    found.states.add(state);
    const [first, ...others] = table.moves();
    if (first === undefined) return moves;
    for (const other of others) open.push({ moves: [...moves, other], state });
    await table.play(first);
    moves.push(first);
  }
}

async function endOf(moves: readonly Move[], table: Table, { game, found }: Search): Promise<void> {
  const end = table.end();
  if (found.ends.has(end)) return;
  found.ends.add(end);
  if (table.executions() > 0) found.withFill += 1;
  const faults = await table.rest();
  if (faults.length > 0) found.failed.push(`${JSON.stringify({ ...game, moves })}: ${faults.join('; ')}`);
}

function branchesOf({ branches }: Found): Branches {
  const { conflict = 0, fenced = 0, foreignIntent = 0, movedOn = 0, lateRows = 0 } = branches;
  return { conflict, fenced, foreignIntent, movedOn, lateRows };
}

/** Takes one out, in whatever order that leaves the others. */
function takeOut<T>(all: T[], at: number): T {
  const [last] = all.splice(-1);
  const [taken] = last !== undefined && at < all.length ? all.splice(at, 1, last) : [last];
  if (taken === undefined) throw new Error('there is nothing to take out');
  return taken;
}
