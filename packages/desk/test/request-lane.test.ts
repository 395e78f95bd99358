import { takeBudget, type BudgetGrant } from '@backstop/store';
import { startRedis, type TestRedis } from '@backstop/store/testing';
import type { BudgetLane, RequestHooks } from '@backstop/core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { budgetedHooks, onLane } from '../src/request-lane.ts';

const signal = AbortSignal.timeout(60_000);
const OBSERVER = { request: () => undefined, budgetWait: () => undefined };
let server: TestRedis;
let hooks: RequestHooks;

beforeAll(async () => {
  server = await startRedis();
  hooks = budgetedHooks(server.redis, 'main', OBSERVER);
});
beforeEach(async () => {
  await server.redis.flushdb();
});
afterAll(() => server.stop());

async function take(lane: BudgetLane, cost: number): Promise<BudgetGrant> {
  const answer = await takeBudget(server.redis, { account: 'main', endpoint: 'order-create', cost, lane });
  if (!answer.granted) throw new Error('no budget');
  return answer;
}

/** Nothing of this process runs for longer than a grant stays fresh. */
function stall(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
}

test('a request that was paid before departs on that grant while it is fresh', async () => {
  const prepaid = await take('entry', 8);
  const departure = await onLane({ lane: 'entry', prepaid, maxWaitMs: 0 }, () =>
    hooks.admit('order-create', 8, signal),
  );
  await departure?.();
  expect((await take('protective', 2)).cost).toBe(2); // nothing was taken beside it
});

test('S-31 one that departs late takes its budget anew, and is not sent where more urgent lanes have it now', async () => {
  const prepaid = await take('entry', 8);
  const departure = await onLane({ lane: 'entry', prepaid, maxWaitMs: 0 }, () =>
    hooks.admit('order-create', 8, signal),
  );
  await take('protective', 2);
  stall();
  await expect(departure?.()).rejects.toMatchObject({ reason: 'not-sent', retryAfterMs: expect.any(Number) });
});

test('one that may wait gets the next budget there is on its departure', async () => {
  const lane = { lane: 'entry', prepaid: false, maxWaitMs: 30_000 } as const;
  const departure = await onLane(lane, () => hooks.admit('order-create', 8, signal));
  await take('protective', 1);
  stall();
  await departure?.(); // which waits for less than a second, since the protective call is the only one that still counts
  await expect(take('protective', 3)).rejects.toThrow('no budget');
});
