import { expect, test } from 'vitest';
import { HAPPENINGS, type HappeningName } from '../interleavings/happenings.ts';
import type { Schedule, Where } from '../interleavings/play.ts';
import { playAll } from '../interleavings/play-all.ts';
import { bothLanes, oneCheck, sameLane } from '../interleavings/schedules.ts';
import type { StageName } from '../interleavings/stages.ts';

/** For the whole set (`INTERLEAVINGS=all`), which takes most of an hour. */
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

async function schedulesOf(
  places: readonly Where[],
  schedules: (where: Where) => Promise<readonly Schedule[]>,
): Promise<readonly Schedule[]> {
  const all: Schedule[] = [];
  for (const where of places) all.push(...(await schedules(where)));
  return all;
}

test(
  'F-01 F-09 S-19 whatever executes before whichever step of a check is told once, and the end acts on it',
  LIMIT,
  async () => {
    const all = await schedulesOf(ANYWHERE, (where) => oneCheck(where, 1));
    const { count, withFill, failed } = await playAll(all, 500);

    expect(all.length).toBeGreaterThan(1_500);
    expect(count).toBeGreaterThanOrEqual(500);
    expect(withFill).toBeGreaterThan(count / 2);
    expect(failed.slice(0, MOST_SHOWN)).toEqual([]);
  },
);

test(
  'F-01 F-09 S-19 the same where a check takes no time, and no millisecond tells what came first',
  LIMIT,
  async () => {
    const all = await schedulesOf(ANYWHERE, (where) => oneCheck(where, 0));
    const { count, withFill, failed } = await playAll(all, 250);

    expect(all.length).toBeGreaterThan(1_500);
    expect(count).toBeGreaterThanOrEqual(250);
    expect(withFill).toBeGreaterThan(count / 2);
    expect(failed.slice(0, MOST_SHOWN)).toEqual([]);
  },
);

test(
  'F-33 F-09 two workers that hold one lane and a fill, with two switches at most: told once, and no two amends at once',
  LIMIT,
  async () => {
    const all = await schedulesOf(TWO_WORKERS, sameLane);
    const { count, withFill, failed } = await playAll(all, 1_000);

    expect(all.length).toBeGreaterThan(25_000);
    expect(count).toBeGreaterThanOrEqual(1_000);
    expect(withFill).toBeGreaterThan(count / 2);
    expect(failed.slice(0, MOST_SHOWN)).toEqual([]);
  },
);

test(
  'S-19 F-09 both lanes at once and a fill, with two switches at most: told once, and the end acts on the last fill',
  LIMIT,
  async () => {
    const all = await schedulesOf(TWO_LANES, bothLanes);
    const { count, withFill, failed } = await playAll(all, 500);

    expect(all.length).toBeGreaterThan(60_000);
    expect(count).toBeGreaterThanOrEqual(500);
    expect(withFill).toBeGreaterThan(count / 2);
    expect(failed.slice(0, MOST_SHOWN)).toEqual([]);
  },
);

/** What the schedules show where a rule of ours is gone: text of a script, and what takes its place. */
const CONTROLS = [
  {
    what: 'a check is recorded whatever has been recorded since',
    schedules: () => schedulesOf(TWO_WORKERS.slice(-2), sameLane),
    shows: 'told twice',
    rewrite: (source: string) => source.replace('or lane[1] ~= ARGV[6] then return 0', 'then return 0'),
  },
  {
    what: 'nobody looks at the fence, nor at the requests of another job',
    schedules: async () => (await schedulesOf(TWO_AMENDS, sameLane)).filter(({ turns: [, second] }) => second <= 4),
    shows: "amends beside another job's request",
    rewrite: (source: string) =>
      source.replace("then return { 'fenced' } end", 'then end').replace("return { 'foreign-intent' }", 'break'),
  },
  {
    what: 'own writes mark no row dirty',
    schedules: () => schedulesOf(ANYWHERE, (where) => oneCheck(where, 1)),
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

test.for(CONTROLS)('F-33 F-09 it is seen where $what', LIMIT, async ({ schedules, shows, rewrite }) => {
  const { failed } = await playAll(await schedules(), 250, rewrite);

  expect(failed.filter((fault) => fault.includes(shows))).not.toEqual([]);
});
