import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test, vi } from 'vitest';
import type { Answer, Order } from '../faults/child.ts';
import type { DayResult } from '../faults/day-result.ts';
import { playDays } from '../faults/play-days.ts';
import { seededRandom } from '../faults/random.ts';
import { openTimerQueue } from '../faults/timer-queue.ts';

const MAIN = new URL('../faults/main.ts', import.meta.url).pathname;
const run = promisify(execFile);

const MIXED = [1, 2, 3].map((seed) => ({ seed, fault: 'mixed' }));
const CALM = [1, 2, 3].map((seed) => ({ seed, fault: 'calm' }));
const STREAMS = ['stream-frozen+socket-cut', 'two-streams+frame-reordered', 'stream-killed+frame-dropped'];
const DIRECTED = [
  ['second-recorder', 'conflict'],
  ['fence-lost', 'fenced'],
  ['moved-on', 'movedOn'],
  ['late-landing', 'lateRows'],
] as const;
const PLAIN: Order = { seed: 11, fault: 'reply-lost-after+latency' };
const ON_SERVER: Order = { seed: 13, fault: 'latency', onServer: true };
const ORDERS: readonly Order[] = [
  ...MIXED,
  ...CALM,
  ...[...STREAMS, ...DIRECTED.map(([fault]) => fault)].map((fault) => ({ seed: 3, fault })),
  PLAIN,
];

vi.setConfig({ testTimeout: 300_000 });

type Days = ReadonlyMap<string, DayResult>;
let playing: Promise<readonly [first: Days, again: Days]> | undefined;

/** Every day twice, in two processes, of which one plays them from the end: what came before a day makes no difference. */
function played(): Promise<readonly [first: Days, again: Days]> {
  playing ??= Promise.all([play(ORDERS), play([...ORDERS.toReversed(), { ...PLAIN, throughSdk: true }])]);
  return playing;
}

test('equal seeds give equal days, whatever the faults', async () => {
  const [first, again] = await played();

  for (const { seed, fault } of ORDERS) expect(dayOf(again, fault, seed)).toEqual(dayOf(first, fault, seed));
});

test("a day on which requests go through the SDK's HTTP library is the same as without it", async () => {
  const [first, again] = await played();

  expect(again.get('reply-lost-after+latency 11 sdk')).toEqual(dayOf(first, PLAIN.fault, PLAIN.seed));
});

test.each(STREAMS)('on a day of %s streams tell what happens and come back in sync', async (fault) => {
  const [first] = await played();
  const day = dayOf(first, fault, 3);

  expect(day).toMatchObject({ hasStream: true, violations: [] });
  expect(day.syncs).toBeGreaterThan(1);
});

test('two of three days of a fault have a stream: they cost less calls, and fills are noticed sooner', async () => {
  const [first] = await played();
  const days = CALM.map(({ seed, fault }) => dayOf(first, fault, seed));

  expect(days).toMatchObject([{ hasStream: true }, { hasStream: true }, { hasStream: false }]);
  const [streamed, , read] = days.map(perFill);
  expect(streamed?.reactionMs).toBeLessThan(200);
  expect(read?.reactionMs).toBeGreaterThan(400);
  expect(streamed?.calls).toBeLessThan(read?.calls ?? 0);
});

test.each(DIRECTED)('a day of %s takes the branch that it is led to: %s', async (fault, branch) => {
  const [first] = await played();
  const day = dayOf(first, fault, 3);

  expect(day).toMatchObject({ violations: [] });
  expect(day.branches[branch]).toBeGreaterThan(0);
});

test("a day on a real Redis, which goes by the day's clock, is passed like one on the twin", async () => {
  const day = (await play([ON_SERVER])).get('latency 13 server');

  expect(day).toMatchObject({ seed: 13, hasStream: true, violations: [], settledMs: expect.any(Number) as number });
});

test.for([1, 2, 3])(
  'timers of a day happen at their times, those of one moment as they were set, and none that was cleared (seed %i)',
  (seed) => {
    const random = seededRandom(seed);
    const queue = openTimerQueue(0);
    const wanted: { readonly nth: number; readonly atMs: number }[] = [];
    const happened: typeof wanted = [];
    for (let nth = 0; nth < 2_000; nth += 1) {
      const ms = random.int(1, 300);
      const atMs = queue.nowMs() + ms;
      const timer = queue.set(() => happened.push({ nth, atMs: queue.nowMs() }), ms, false, []);
      if (random.chance(40)) timer.clear();
      else wanted.push({ nth, atMs });
      if (random.chance(30)) queue.next();
    }
    for (let left = wanted.length; left > 0; left -= 1) queue.next();

    expect(happened).toEqual(wanted.toSorted((a, b) => a.atMs - b.atMs || a.nth - b.nth));
  },
);

test('an interval of a day comes again until it is cleared, also by itself', () => {
  const queue = openTimerQueue(0);
  const heard: number[] = [];
  const timer = queue.set(
    () => {
      heard.push(queue.nowMs());
      if (heard.length === 3) timer.clear();
    },
    20,
    true,
    [],
  );
  for (let nth = 0; nth < 5; nth += 1) queue.next();

  expect(heard).toEqual([20, 40, 60]);
  expect(queue.nowMs()).toBe(60);
});

test('bad arguments are told all at once, and nothing runs', async () => {
  const refused = run(process.execPath, [MAIN, '--seeds', 'x', '--fault', 'weather+calm', '--jobs', '0']);

  await expect(refused).rejects.toMatchObject({ code: 2, stdout: '' });
  await expect(refused).rejects.toThrow(/--seeds: .*\n--jobs: .*\n--fault: no such fault: weather/s);
});

function perFill({ calls, fills, noticed, reactionMs }: DayResult): Pick<DayResult, 'calls' | 'reactionMs'> {
  return { calls: calls / fills, reactionMs: reactionMs / noticed };
}

function dayOf(days: Days, fault: string, seed: number): DayResult {
  const day = days.get(`${fault} ${seed}`);
  if (day === undefined) throw new Error(`not played: ${fault} ${seed}`);
  return day;
}

/** In one process, one after the other. */
async function play(orders: readonly Order[]): Promise<Days> {
  const days = new Map<string, DayResult>();
  const take = ({ fault, seed, onServer, throughSdk }: Order, answer: Answer): void => {
    if ('crash' in answer) throw new Error(answer.crash);
    const way = onServer === true ? ' server' : throughSdk === true ? ' sdk' : '';
    days.set(`${fault} ${seed}${way}`, answer.result);
  };
  await playDays(orders, 1, take);
  return days;
}
