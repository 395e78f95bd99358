import { env, stdout } from 'node:process';
import { sumBranches, type Branches } from '../faults/branches.ts';
import { explore, type Explored, type ExploreOptions } from './explore.ts';
import type { Game } from './game.ts';

/** `INTERLEAVINGS=all` plays every game to its end, a number so many plays of each; absent = as many as CI has time for. */
const { INTERLEAVINGS: asked } = env;

export interface ExploredAll {
  readonly plays: number;
  readonly states: number;
  /** Different ones, of each game. */
  readonly ends: number;
  /** In how many of these something executed among the steps. */
  readonly withFill: number;
  readonly failed: readonly string[];
  readonly branches: Branches;
}

/** Explores all these games as far as was asked for, else with `most` plays each (Infinity = to their ends in any case), and tells what that came to where it was asked for. */
export async function exploreAll(
  games: readonly Game[],
  most: number,
  options: ExploreOptions = {},
): Promise<ExploredAll> {
  const startedMs = performance.now();
  const plays = asked === 'all' || most === Infinity ? Infinity : Number(asked ?? most);
  const found: Explored[] = [];
  for (const game of games) found.push(await explore(game, { ...options, most: plays }));

  const sum = (count: (one: Explored) => number): number => found.reduce((all, one) => all + count(one), 0);
  const explored = {
    plays: sum((one) => one.plays),
    states: sum((one) => one.states),
    ends: sum(({ ends }) => ends.size),
    withFill: sum((one) => one.withFill),
    failed: found.flatMap(({ failed }) => failed),
    branches: sumBranches(found),
  };
  const seconds = Math.round((performance.now() - startedMs) / 1_000);
  const line = { games: games.length, ...explored, failed: explored.failed.length, seconds };
  if (asked !== undefined) stdout.write(`${JSON.stringify(line)}\n`);
  return explored;
}
