import { initialState, toJson } from '@backstop/core';
import { aPlan } from '@backstop/core/testing';
import { bucketOf, putPlans, setAccounts, takeDue } from '@backstop/store';
import { startRedis, type TestRedis } from '@backstop/store/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { firstInLine } from '../src/first-in-line.ts';

let server: TestRedis;

beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

/** Two accounts of one bucket, so that one stands behind the other in its due set. */
const FIRST = 'main';
const SECOND = Array.from({ length: 100 }, (_, at) => `other${at}`).find((name) => bucketOf(name) === bucketOf(FIRST));

test('one monitor of each account goes before all others that are due: its check reads the whole account', async () => {
  const accounts = [FIRST, SECOND ?? ''];
  await setAccounts(server.redis, accounts);
  const states = { 'tp-sl': toJson(initialState('tp-sl')), 'limit-order': toJson(initialState('limit-order')) };
  for (const [nth, account] of accounts.entries()) {
    const plans = ['a', 'b', 'c'].map((letter) =>
      aPlan({ id: `${letter}${'ab'[nth]}aaaaaaaaaa`, account, symbol: `${letter.toUpperCase()}USDT` }),
    );
    await putPlans(
      server.redis,
      plans.map((plan) => ({ plan, states })),
    );
  }
  await firstInLine(server.redis);

  const taken = await takeDue(server.redis, bucketOf(FIRST), 'tp-sl', { limit: 2 });
  expect(taken.map(({ account }) => account).toSorted()).toEqual(accounts.toSorted());
  expect(await takeDue(server.redis, bucketOf(FIRST), 'tp-sl', { limit: 10 })).toHaveLength(4);
});
