import { setTimeout as pause } from 'node:timers/promises';
import type { BudgetLane } from '@backstop/core';
import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import {
  budgetKeys,
  connectRedis,
  correctBudget,
  takeBudget,
  waitForBudget,
  type BudgetRequest,
} from '../src/index.ts';
import { startRedis } from '../testing/redis-server.ts';
import { aRequest } from './budget-requests.ts';

const SECOND_MS = 1_000;

interface TimedRequest {
  readonly atMs: number;
  readonly process: number;
  readonly cost: number;
  readonly lane: BudgetLane;
}

const schedule = fc.array(
  fc.record<TimedRequest>({
    atMs: fc.oneof(fc.integer({ min: 0, max: 2_400 }), fc.constantFrom(0, 500, 990, 1_000, 1_040)),
    process: fc.nat({ max: 2 }),
    cost: fc.integer({ min: 1, max: 5 }),
    lane: fc.constantFrom<BudgetLane>('protective', 'take-profit', 'entry', 'clean-up', 'audit'),
  }),
  { minLength: 30, maxLength: 60 },
);

test.concurrent('no second of any schedule grants more than the limit, and less urgent lanes never touch the reserve', async () => {
  await using fleet = await startFleet();
  await fc.assert(
    fc.asyncProperty(fc.array(schedule, { minLength: 8, maxLength: 8 }), async (schedules) => {
      const mixed = schedules.map((requests, index) => runSchedule(fleet, `mixed${index}`, requests));
      for (const grants of await Promise.all(mixed)) expect(busiestSecond(grants)).toBeLessThanOrEqual(10);

      const calm = schedules.map((requests, index) =>
        runSchedule(
          fleet,
          `calm${index}`,
          requests.filter(({ lane }) => lane !== 'protective'),
        ),
      );
      for (const grants of await Promise.all(calm)) expect(busiestSecond(grants)).toBeLessThanOrEqual(8);
    }),
    { numRuns: 1, endOnFailure: true },
  );
}, 30_000);

test.concurrent('at saturation at least 90 % of the limit is granted', async () => {
  await using fleet = await startFleet();
  const grants = await saturate(fleet, 4_000);
  expect(grants.length).toBeGreaterThanOrEqual(0.9 * 10 * 4);
  expect(busiestSecond(grants)).toBeLessThanOrEqual(10);
}, 15_000);

test.concurrent('while less urgent calls take all they can, two protective calls per second pass at once', async () => {
  await using fleet = await startFleet();
  const stop = new AbortController();
  const others = fleet.processes.map((redis) => takeUntilAborted(redis, aRequest({ lane: 'entry' }), stop.signal));
  for (let second = 0; second < 3; second += 1) {
    await pause(1_060);
    expect(await takeBudget(fleet.processes[0], aRequest({ cost: 2 }))).toMatchObject({ granted: true });
  }
  stop.abort();
  await Promise.all(others);
}, 15_000);

test.concurrent('replies that are a moment old never take our own calls for those of others', async () => {
  await using fleet = await startFleet();
  const arrivals: number[] = [];
  const replies: Promise<unknown>[] = [];
  const grants = await saturate(fleet, 3_000, (redis) => {
    arrivals.push(performance.now());
    const remaining = 10 - arrivals.filter((atMs) => atMs > performance.now() - SECOND_MS).length;
    const seen = { account: 'acc', endpoint: 'order-create', limit: 10, remaining: Math.max(remaining, 0) } as const;
    replies.push(pause(150).then(() => correctBudget(redis, seen)));
  });
  await Promise.all(replies);
  expect(grants.length).toBeGreaterThanOrEqual(0.9 * 10 * 3);
}, 15_000);

interface Fleet extends AsyncDisposable {
  /** Three processes, each with a connection of its own. */
  readonly processes: readonly [Redis, Redis, Redis];
}

async function startFleet(): Promise<Fleet> {
  const server = await startRedis();
  const processes = [
    connectRedis(server.url, 'a'),
    connectRedis(server.url, 'b'),
    connectRedis(server.url, 'c'),
  ] as const;
  await Promise.all(processes.map((redis) => redis.connect()));
  return {
    processes,
    [Symbol.asyncDispose]: async () => {
      for (const redis of processes) redis.disconnect();
      await server.stop();
    },
  };
}

async function runSchedule(
  fleet: Fleet,
  account: string,
  requests: readonly TimedRequest[],
): Promise<readonly number[]> {
  const asked = requests.map(async ({ atMs, process, cost, lane }) => {
    await pause(atMs);
    const answer = await takeBudget(fleet.processes[process] ?? fleet.processes[0], aRequest({ account, cost, lane }));
    return answer.granted ? cost : 0;
  });
  const spent = Promise.all(asked);
  const grants = await watchGrants(fleet, account, spent);
  expect(grants).toHaveLength((await spent).reduce((total, cost) => total + cost, 0));
  return grants;
}

/** Three processes that send as fast as they may. Resolves with Redis's times of all grants. */
async function saturate(
  fleet: Fleet,
  forMs: number,
  onGrant: (redis: Redis) => void = () => undefined,
): Promise<readonly number[]> {
  const signal = AbortSignal.timeout(forMs);
  const running = fleet.processes.map((redis) => takeUntilAborted(redis, aRequest(), signal, () => onGrant(redis)));
  return watchGrants(fleet, 'acc', Promise.all(running));
}

async function takeUntilAborted(
  redis: Redis,
  request: BudgetRequest,
  signal: AbortSignal,
  onGrant: () => void = () => undefined,
): Promise<void> {
  for (;;) {
    const granted = await waitForBudget(redis, request, { signal, maxWaitMs: 5_000 }).then(
      () => true,
      () => false,
    );
    if (signal.aborted) return;
    if (granted) onGrant();
  }
}

/** Redis's own times of all grants, read from the log before it forgets them. */
async function watchGrants(fleet: Fleet, account: string, until: Promise<unknown>): Promise<readonly number[]> {
  const grants = new Map<string, number>();
  const state = { isOver: false };
  const over = until.finally(() => {
    state.isOver = true;
  });
  while (!state.isOver) {
    await Promise.race([pause(400), over]);
    const log = await fleet.processes[0].zrange(budgetKeys.account(account, 'order-create'), '0', '-1', 'WITHSCORES');
    for (let index = 0; index < log.length; index += 2) grants.set(String(log[index]), Number(log[index + 1]));
  }
  return [...grants.values()].toSorted((a, b) => a - b);
}

/** The largest number of grants within any 1,000 ms, by Redis time. */
function busiestSecond(grants: readonly number[]): number {
  const counts = grants.map((start) => grants.filter((atMs) => atMs >= start && atMs < start + SECOND_MS).length);
  return Math.max(0, ...counts);
}
