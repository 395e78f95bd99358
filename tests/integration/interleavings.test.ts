import { env } from 'node:process';
import { expect, test } from 'vitest';
import { exploreAll } from '../interleavings/explore-all.ts';
import { explore } from '../interleavings/explore.ts';
import type { Game, Move, Where } from '../interleavings/game.ts';
import { HAPPENINGS, type HappeningName } from '../interleavings/happenings.ts';
import type { StageName } from '../interleavings/stages.ts';

/** One play again: the JSON that a failure names. */
const { INTERLEAVING: again } = env;

/** For the whole set (`INTERLEAVINGS=all`). */
const LIMIT = { timeout: 3 * 3_600_000 };
const MOST_SHOWN = 5;

const STANDING: readonly StageName[] = [
  'just opened',
  'ladder standing',
  'entry filled in part and not yet seen',
  'TP1 filled and not yet seen',
  'after TP1',
];
const ANYWHERE: readonly Where[] = STANDING.flatMap((stage) =>
  (Object.keys(HAPPENINGS) as HappeningName[]).map((happening) => ({ stage, happening })),
);

/** What a check then does is not absolute: it amends. */
const TWO_AMENDS: readonly Where[] = [
  { stage: 'entry filled in part and not yet seen', happening: 'the limit entry fills' },
  { stage: 'entry filled in part and not yet seen', happening: 'TP1 fills in part' },
];

const TWO_WORKERS: readonly Where[] = [
  { stage: 'just opened', happening: 'the limit entry fills' },
  { stage: 'just opened', happening: 'the stop fills' },
  ...TWO_AMENDS,
  { stage: 'TP1 filled and not yet seen', happening: 'the limit entry fills' },
  { stage: 'TP1 filled and not yet seen', happening: 'the stop fills' },
];

const TWO_LANES: readonly Where[] = [
  { stage: 'accepted', happening: 'the limit entry fills' },
  { stage: 'accepted', happening: 'the stop fills' },
  { stage: 'just opened', happening: 'the limit entry fills in part' },
  { stage: 'TP1 filled and not yet seen', happening: 'the limit entry fills' },
];

function oneCheck(where: Where, passes: Game['passes']): Game {
  return { ...where, lanes: ['tp-sl'], passes };
}

/** Two checks of one lane at once, as after a lock that was taken for lost. */
function sameLane(where: Where, passes: Game['passes'] = 'each switch'): Game {
  return { ...where, lanes: ['tp-sl', 'tp-sl'], passes, mostSwitches: 2 };
}

function bothLanes(where: Where, passes: Game['passes'] = 'each switch'): Game {
  return { ...where, lanes: ['tp-sl', 'limit-order'], passes, mostSwitches: 2 };
}

const TIMES = ['each switch', 'never'] as const;

test(
  'F-01 F-09 S-19 whatever executes before whichever step of a check is told once, and the end acts on it',
  LIMIT,
  async () => {
    const games = ANYWHERE.map((where) => oneCheck(where, 'each step'));
    const { ends, withFill, failed } = await exploreAll(games, 8);

    expect(ends).toBeGreaterThanOrEqual(280);
    expect(withFill).toBeGreaterThan(ends / 2);
    expect(failed.slice(0, MOST_SHOWN)).toEqual([]);
  },
);

test(
  'F-01 F-09 S-19 the same where a check takes no time, and no millisecond tells what came first',
  LIMIT,
  async () => {
    const games = ANYWHERE.map((where) => oneCheck(where, 'never'));
    const { ends, withFill, failed } = await exploreAll(games, Infinity);

    expect(ends).toBeGreaterThanOrEqual(140);
    expect(withFill).toBeGreaterThan(ends / 2);
    expect(failed.slice(0, MOST_SHOWN)).toEqual([]);
  },
);

test(
  'F-33 F-09 two workers that hold one lane and a fill, with two switches at most: told once, and no two amends at once',
  LIMIT,
  async () => {
    const games = TIMES.flatMap((passes) => TWO_WORKERS.map((where) => sameLane(where, passes)));
    const { ends, withFill, failed, branches } = await exploreAll(games, 30);

    expect(ends).toBeGreaterThanOrEqual(150);
    expect(withFill).toBeGreaterThan(ends / 2);
    expect(failed.slice(0, MOST_SHOWN)).toEqual([]);
    expect(branches.fenced).toBeGreaterThan(0);
    expect(branches.conflict).toBeGreaterThan(0);
  },
);

test(
  'S-19 F-09 both lanes at once and a fill, with two switches at most: told once, and the end acts on the last fill',
  LIMIT,
  async () => {
    const games = TIMES.flatMap((passes) => TWO_LANES.map((where) => bothLanes(where, passes)));
    const { ends, withFill, failed } = await exploreAll(games, 25);

    expect(ends).toBeGreaterThanOrEqual(100);
    expect(withFill).toBeGreaterThan(ends / 2);
    expect(failed.slice(0, MOST_SHOWN)).toEqual([]);
  },
);

/** Some steps of two checks, from one to before another, of the first and of the second. */
function inWindow(
  game: Omit<Game, 'mostSwitches'>,
  first: readonly [number, number],
  second: readonly [number, number],
): Game {
  const [one, other] = [first, second].map(([from, to]) => ({ from, to }));
  if (one === undefined || other === undefined) throw new Error('a window has two sides');
  const { stage, happening, lanes, passes } = game;
  return { stage, happening, lanes, passes, window: [one, other] };
}

const WINDOWS: readonly Game[] = [
  inWindow(sameLane({ stage: 'just opened', happening: 'the limit entry fills' }, 'never'), [3, 7], [0, 3]),
  inWindow(bothLanes({ stage: 'accepted', happening: 'the limit entry fills' }, 'never'), [12, 16], [0, 4]),
];

test.for(WINDOWS)('orders that are left out come to no other end: $lanes of $stage', LIMIT, async (game) => {
  const all = await explore(game, { isFull: true });
  const few = await explore(game);

  expect(all.ends.size).toBeGreaterThan(5);
  expect(few.ends).toEqual(all.ends);
  expect(few.plays).toBeLessThan(all.plays / 4);
  expect([...few.failed, ...all.failed]).toEqual([]);
});

/** Both know what to amend: the first one is about to say so and send it, the second one as well. */
const BOTH_ABOUT_TO_AMEND = TWO_AMENDS.map((where) => inWindow(sameLane(where, 'never'), [26, 29], [4, 7]));

test('F-33 where two are about to amend, the fence holds one of them back in every order', LIMIT, async () => {
  const { failed, branches } = await exploreAll(BOTH_ABOUT_TO_AMEND, Infinity);

  expect(branches.fenced).toBeGreaterThan(0);
  expect(branches.foreignIntent).toBe(0); // who has the fence saw the requests that were open before it took it
  expect(failed).toEqual([]);
});

test('F-33 where nobody looks at the fence, the request of another job holds one of them back', LIMIT, async () => {
  const { failed, branches } = await exploreAll(BOTH_ABOUT_TO_AMEND, Infinity, { rewrite: withoutFence });

  expect(branches.foreignIntent).toBeGreaterThan(0);
  expect(failed).toEqual([]);
});

function withoutFence(source: string): string {
  return source.replace("then return { 'fenced' } end", 'then end');
}

/** What is seen where a rule of ours is gone: text of a script, and what takes its place. */
const CONTROLS = [
  {
    what: 'a check is recorded whatever has been recorded since',
    games: TWO_WORKERS.slice(-2).map((where) => sameLane(where)),
    shows: 'told twice',
    rewrite: (source: string) => source.replace('or lane[1] ~= ARGV[6] then return 0', 'then return 0'),
  },
  {
    what: 'nobody looks at the fence, nor at the requests of another job',
    games: BOTH_ABOUT_TO_AMEND,
    shows: "amends beside another job's request",
    rewrite: (source: string) => withoutFence(source).replace("return { 'foreign-intent' }", 'break'),
  },
  {
    what: 'own writes mark no row dirty',
    games: TWO_AMENDS.map((where) => oneCheck(where, 'each step')),
    shows: 'decisions on rows from before a request',
    rewrite: (source: string) =>
      source
        .replace(
          "redis.call('HSET', dirty_key, slot .. ':tp-sl', epoch, slot .. ':limit-order', epoch, slot .. ':at', now)",
          '',
        )
        .replace('tonumber(row[3]) < dirty_epoch or tonumber(row[1]) <= unsettled_until', 'false'),
  },
];

test.for(CONTROLS)('F-33 F-09 it is seen where $what', LIMIT, async ({ games, shows, rewrite }) => {
  const failed: string[] = [];
  for (const game of games) failed.push(...(await explore(game, { rewrite, most: 100, until: shows })).failed);

  expect(failed.filter((fault) => fault.includes(shows))).not.toEqual([]);
});

test.for(again === undefined ? [] : [again])(
  '%s, which was asked for, comes to rest as it must',
  LIMIT,
  async (asked) => {
    const { moves, ...game } = JSON.parse(asked) as Game & { readonly moves: readonly Move[] };

    expect((await explore(game, { only: moves })).failed).toEqual([]);
  },
);
