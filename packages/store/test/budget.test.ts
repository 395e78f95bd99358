import { setTimeout as pause } from 'node:timers/promises';
import { ExchangeError } from '@backstop/core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  accountKeys,
  blockBudget,
  budgetKeys,
  connectRedis,
  correctBudget,
  largestCost,
  takeBudget,
  waitForBudget,
} from '../src/index.ts';
import { startRedis, type TestRedis } from '../testing/redis-server.ts';
import { aRequest } from './budget-requests.ts';

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(() => server.redis.flushdb());

test('a refusal spends nothing and says when the call fits', async () => {
  await takeAll(5);
  await pause(500);
  await takeAll(5);
  const refused = await takeBudget(server.redis, aRequest({ cost: 5 }));
  const waitMs = refused.granted ? 0 : refused.waitMs;
  expect(refused).toMatchObject({ granted: false, most: 10 });
  expect(waitMs).toBeLessThan(800); // until the first five leave the window, not for a whole window

  await pause(waitMs + 1);
  await expect(takeBudget(server.redis, aRequest({ cost: 5 }))).resolves.toMatchObject({ granted: true });
});

test('F-41 each account and each endpoint class has a budget of its own', async () => {
  await takeAll(10);
  await expect(takeBudget(server.redis, aRequest({ account: 'other' }))).resolves.toMatchObject({ granted: true });
  await expect(takeBudget(server.redis, aRequest({ endpoint: 'order-create-batch', cost: 10 }))).resolves.toMatchObject(
    { granted: true },
  );
});

test('all accounts together stay within 600 requests of one address in 5 s, market data included', async () => {
  const asked = await Promise.all(
    Array.from({ length: 620 }, (_, index) => {
      const endpoint = index % 2 === 0 ? 'market' : 'position-list';
      return takeBudget(server.redis, aRequest({ account: `acc${index % 40}`, endpoint }));
    }),
  );
  expect(asked.filter(({ granted }) => granted)).toHaveLength(600);
  await expect(takeBudget(server.redis, aRequest({ endpoint: 'market', lane: 'audit' }))).resolves.toMatchObject({
    granted: false,
  });
});

test('an audit stops at half of the address, where a protective call goes on', async () => {
  const asked = await Promise.all(
    Array.from({ length: 320 }, () => takeBudget(server.redis, aRequest({ endpoint: 'market', lane: 'audit' }))),
  );
  expect(asked.filter(({ granted }) => granted)).toHaveLength(300);
  await expect(takeBudget(server.redis, aRequest({ endpoint: 'market' }))).resolves.toMatchObject({ granted: true });
});

test('a call that is too large for its lane is refused at once instead of waited for', async () => {
  expect(largestCost('order-create-batch', 'entry')).toBe(8);
  expect(largestCost('account', 'audit')).toBe(2);
  const tooLarge = aRequest({ endpoint: 'order-create-batch', lane: 'entry', cost: 9 });
  await expect(waitForBudget(server.redis, tooLarge, aWait({ maxWaitMs: 60_000 }))).rejects.toThrow(
    'a call of cost 9 is over the 8',
  );
  await expect(waitForBudget(server.redis, { ...tooLarge, cost: 8 }, aWait())).resolves.toMatchObject({ cost: 8 });
});

test('one who may not wait long enough is sent away with the time to come back', async () => {
  await takeAll(10);
  const error = await waitForBudget(server.redis, aRequest(), aWait({ maxWaitMs: 100 })).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ExchangeError);
  expect(error).toMatchObject({ reason: 'not-sent' });
  expect(error instanceof ExchangeError ? error.retryAfterMs : 0).toBeGreaterThan(500);
});

test('one who waits gets the next free call', async () => {
  await takeAll(10);
  await expect(waitForBudget(server.redis, aRequest(), aWait({ maxWaitMs: 3_000 }))).resolves.toMatchObject({
    cost: 1,
  });
});

test('an abort ends the wait as not sent', async () => {
  await takeAll(10);
  const waiting = waitForBudget(server.redis, aRequest(), { maxWaitMs: 5_000, signal: AbortSignal.timeout(50) });
  await expect(waiting).rejects.toMatchObject({
    reason: 'not-sent',
    message: 'aborted while waiting for the call budget',
  });
});

test('without Redis nothing is granted', async () => {
  const gone = connectRedis('redis://127.0.0.1:1', 'gone');
  gone.on('error', () => undefined);
  await expect(waitForBudget(gone, aRequest(), aWait())).rejects.toMatchObject({ reason: 'not-sent' });
  gone.disconnect();
});

test('a block stops what it names, in every lane, and nothing else', async () => {
  await blockBudget(server.redis, { account: 'acc', endpoint: 'order-create' }, { forMs: 5_000 });
  await expect(takeBudget(server.redis, aRequest())).resolves.toMatchObject({ granted: false });
  await expect(takeBudget(server.redis, aRequest({ endpoint: 'order-amend' }))).resolves.toMatchObject({
    granted: true,
  });

  await blockBudget(server.redis, { account: 'acc' }, { forMs: 5_000 });
  await expect(takeBudget(server.redis, aRequest({ endpoint: 'order-amend' }))).resolves.toMatchObject({
    granted: false,
  });
  await expect(takeBudget(server.redis, aRequest({ account: 'other' }))).resolves.toMatchObject({ granted: true });

  await blockBudget(server.redis, { address: true }, { forMs: 600_000 });
  const refused = await takeBudget(server.redis, aRequest({ account: 'other', endpoint: 'market' }));
  expect(refused.granted ? 0 : refused.waitMs).toBeGreaterThan(599_000);
});

test('a shorter block never shortens a longer one, and a reset time far ahead is not believed', async () => {
  const scope = { account: 'acc', endpoint: 'order-create' } as const;
  await blockBudget(server.redis, scope, { forMs: 10_000 });
  expect(await blockBudget(server.redis, scope, { forMs: 1_000 })).toBeGreaterThan(9_000);
  expect(await blockBudget(server.redis, scope, { untilMs: Date.now() - 5_000 })).toBeGreaterThan(9_000);
  expect(await blockBudget(server.redis, scope, { untilMs: Date.now() + 86_400_000 })).toBeLessThanOrEqual(60_000);
});

test('a block that doubles does so once per refusal in a row, up to its longest', async () => {
  const block = { firstMs: 20, mostMs: 80 };
  const lengths: number[] = [];
  for (let refusal = 0; refusal < 4; refusal += 1) {
    lengths.push(await blockBudget(server.redis, { account: 'acc' }, block));
    const again = await blockBudget(server.redis, { account: 'acc' }, block); // another reply of the same moment
    expect(again).toBeLessThanOrEqual(lengths.at(-1) ?? 0);
    await pause((lengths.at(-1) ?? 0) + 2);
  }
  expect(lengths).toEqual([20, 40, 80, 80]);
});

test('a limit in the headers is taken over, up and down, and asked of Redis only when it is news', async () => {
  await takeBudget(server.redis, aRequest());
  expect(await correctBudget(server.redis, { ...SEEN, limit: 10, remaining: 9 })).toBe(false);
  expect(await correctBudget(server.redis, { ...SEEN, limit: 5, remaining: 4 })).toBe(true);
  expect(await takeAll(20)).toBe(4);

  await correctBudget(server.redis, { ...SEEN, limit: 40, remaining: 35 });
  expect(await takeAll(50)).toBe(35);
});

test('calls that others make with the same key are counted', async () => {
  await takeBudget(server.redis, aRequest());
  await correctBudget(server.redis, { ...SEEN, limit: 10, remaining: 2 });
  expect(await takeAll(10)).toBe(2);
});

test('a reply that is a moment old never takes our own calls for those of others', async () => {
  await takeAll(5);
  await pause(850);
  await takeAll(5);
  await pause(250); // the reply's way: meanwhile the first five have left the window
  await correctBudget(server.redis, { ...SEEN, limit: 10, remaining: 0 });
  expect(await takeAll(10)).toBe(5);
});

test('headers that are no counts change nothing', async () => {
  for (const limit of [0, -1, Number.NaN, 1.5]) {
    expect(await correctBudget(server.redis, { ...SEEN, limit, remaining: 0 })).toBe(false);
  }
});

test('a clock that is set back does not hold a budget shut', async () => {
  const future = Date.now() + 3_600_000;
  const members = Array.from({ length: 10 }, (_, index) => [future, `later${index}`]).flat();
  await server.redis.zadd(budgetKeys.account('acc', 'order-create'), ...members);
  expect(await takeAll(10)).toBe(10);
});

test('budget scripts touch keys of one slot only', async () => {
  await using cluster = await startRedis({ cluster: true });
  await expect(cluster.redis.eval('return 1', 2, accountKeys('a').plan('x'), budgetKeys.address)).rejects.toThrow(
    'CROSSSLOT',
  );
  await expect(takeBudget(cluster.redis, aRequest())).resolves.toMatchObject({ granted: true });
  await expect(correctBudget(cluster.redis, { ...SEEN, limit: 5, remaining: 4 })).resolves.toBe(true);
  await expect(blockBudget(cluster.redis, { address: true }, { forMs: 10 })).resolves.toBe(10);
});

const SEEN = { account: 'acc', endpoint: 'order-create' } as const;

function aWait({ maxWaitMs = 100 } = {}): { signal: AbortSignal; maxWaitMs: number } {
  return { signal: AbortSignal.timeout(10_000), maxWaitMs };
}

/** Asks `times` times; resolves with how often it was granted. */
async function takeAll(times: number): Promise<number> {
  const answers = await Promise.all(Array.from({ length: times }, () => takeBudget(server.redis, aRequest())));
  return answers.filter(({ granted }) => granted).length;
}
