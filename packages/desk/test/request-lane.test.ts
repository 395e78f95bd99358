import { budgetKeys, takeBudget, type BudgetAnswer, type BudgetGrant } from '@backstop/store';
import { startRedis, type TestRedis } from '@backstop/store/testing';
import type { BudgetLane, RequestHooks } from '@backstop/core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { budgetedHooks, onLane } from '../src/request-lane.ts';

const signal = AbortSignal.timeout(60_000);
const OBSERVER = { request: () => undefined, budgetWait: () => undefined };
const LOG = budgetKeys.account('main', 'order-create');
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
  await departure?.depart();
  expect((await take('protective', 2)).cost).toBe(2); // nothing was taken beside it
});

test('S-31 one that departs late takes its budget anew, and is not sent where more urgent lanes have it now', async () => {
  const prepaid = await take('entry', 8);
  const departure = await onLane({ lane: 'entry', prepaid, maxWaitMs: 0 }, () =>
    hooks.admit('order-create', 8, signal),
  );
  await take('protective', 2);
  stall();
  await expect(departure?.depart()).rejects.toMatchObject({ reason: 'not-sent', retryAfterMs: expect.any(Number) });
});

test('one that may wait gets the next budget there is on its departure', async () => {
  const lane = { lane: 'entry', prepaid: false, maxWaitMs: 30_000 } as const;
  const departure = await onLane(lane, () => hooks.admit('order-create', 8, signal));
  await take('protective', 1);
  stall();
  await departure?.depart(); // which waits for less than a second, since the protective call is the only one that still counts
  await expect(take('protective', 3)).rejects.toThrow('no budget');
});

test('one that was asked for before is waited for at the second look: the intent is stored meanwhile', async () => {
  const asked = Promise.withResolvers<BudgetAnswer>();
  const lane = { lane: 'protective', prepaid: asked.promise, maxWaitMs: 0 } as const;
  const departure = await onLane(lane, () => hooks.admit('trading-stop', 1, signal));
  await departure?.depart();
  const last = departure?.depart();
  asked.resolve({ granted: false, waitMs: 70, most: 10 });
  await expect(last).rejects.toMatchObject({ reason: 'not-sent', retryAfterMs: 70 });

  const granted = take('protective', 1);
  const other = await onLane({ ...lane, prepaid: granted }, () => hooks.admit('trading-stop', 1, signal));
  await other?.depart();
  stall();
  await other?.depart(); // renewed: it departs on a fresh one
  expect((await granted).firstCall).toBeGreaterThan(0);
});

test('where Redis does not say whether it was granted, nothing is sent', async () => {
  const prepaid = Promise.reject<BudgetAnswer>(new Error('redis is away'));
  prepaid.catch(() => undefined);
  const departure = await onLane({ lane: 'protective', prepaid, maxWaitMs: 0 }, () =>
    hooks.admit('trading-stop', 1, signal),
  );
  await departure?.depart();
  await expect(departure?.depart()).rejects.toMatchObject({ reason: 'not-sent' });
});

/** A grant of eight calls that was given a second ago, and still holds. */
async function anOldGrant(): Promise<BudgetGrant> {
  const grant = await take('entry', 8);
  await server.redis.zunionstore(LOG, 1, LOG, 'WEIGHTS', 0);
  return { ...grant, askedAtMs: grant.askedAtMs - 1_000, final: true };
}

describe('calls count', () => {
  test.each([
    { when: 'at once', prepaidOf: (grant: BudgetGrant) => grant },
    { when: 'beside the intent', prepaidOf: (grant: BudgetGrant) => Promise.resolve<BudgetAnswer>(grant) },
  ])('from their reply on where it comes late, though they were granted $when', async ({ prepaidOf }) => {
    const lane = { lane: 'entry', prepaid: prepaidOf(await anOldGrant()), maxWaitMs: 0 } as const;
    const departure = await onLane(lane, () => hooks.admit('order-create', 8, signal));
    await departure?.depart(); // before the intent
    await departure?.depart();
    departure?.arrived();
    await expect.poll(() => server.redis.zcount(LOG, 1, '+inf')).toBe(8);
  });

  test('from their grant on where the reply comes soon', async () => {
    const prepaid = { ...(await anOldGrant()), askedAtMs: performance.now() + 10_000 };
    const departure = await onLane({ lane: 'entry', prepaid, maxWaitMs: 0 }, () =>
      hooks.admit('order-create', 8, signal),
    );
    await departure?.depart();
    departure?.arrived();
    expect(await server.redis.zcount(LOG, '-inf', 0)).toBe(8); // on the same connection: what was asked before is done
  });
});
