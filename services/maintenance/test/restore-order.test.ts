import { decimal, type Plan, type PositionRow } from '@backstop/core';
import { aPlan, aPosition } from '@backstop/core/testing';
import { openLog } from '@backstop/runtime';
import { bucketOf, takeDue } from '@backstop/store';
import { startRedis, type TestRedis } from '@backstop/store/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { restore } from '../src/restore.ts';
import { land } from './hold-rows.ts';

const log = openLog({ service: 'test', level: 'silent' });
let server: TestRedis;

beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

const PLANS = ['AAAUSDT', 'BBBUSDT', 'CCCUSDT', 'DDDUSDT'].map((symbol) =>
  aPlan({ id: symbol.slice(0, 1).toLowerCase().repeat(12), account: 'main', symbol }),
);

/** By then only what goes first is due, ms; and by then all are. */
const BEFORE_THE_OTHERS_MS = 1_000;
const BY_ALL_MS = 4_000;

/** An archive that has kept these plans. */
const archive = {
  installation: (letters: string) => Promise.resolve(letters),
  activePlans: () => Promise.resolve(PLANS),
  offset: () => Promise.resolve('0'),
  drain: () => Promise.reject(new Error('nothing is to be archived')),
};

test('of an account that was read before its plans were back, positions without a stop go before all that are due', async () => {
  const { redis } = server;
  const positions = PLANS.slice(0, 3).map((plan) => positionOf(plan, plan.symbol === 'CCCUSDT' ? undefined : '90'));
  await land(redis, 'main', { places: [], positions });
  expect(await restore(redis, archive, log)).toBe(PLANS.length);

  const taken = await takeDue(redis, bucketOf('main'), 'tp-sl', { limit: 2 });
  expect(taken.map(({ symbol }) => symbol).toSorted()).toEqual(['AAAUSDT', 'CCCUSDT']); // one reads what the account executed
  expect(await takeDue(redis, bucketOf('main'), 'tp-sl', { limit: 9, aheadMs: BEFORE_THE_OTHERS_MS })).toEqual([]);
  expect(await takeDue(redis, bucketOf('main'), 'tp-sl', { limit: 9, aheadMs: BY_ALL_MS })).toHaveLength(2);
});

test('of an account that was not read yet one goes first, and its read puts what has no stop first; the others have time', async () => {
  const { redis } = server;
  await redis.flushdb();
  expect(await restore(redis, archive, log)).toBe(PLANS.length);
  const due = { limit: 9, aheadMs: BEFORE_THE_OTHERS_MS };
  expect(await takeDue(redis, bucketOf('main'), 'tp-sl', due)).toHaveLength(1);

  const positions = PLANS.slice(1).map((plan) => positionOf(plan, plan.symbol === 'CCCUSDT' ? undefined : '90'));
  await land(redis, 'main', { places: [], positions });
  expect(await takeDue(redis, bucketOf('main'), 'tp-sl', due)).toMatchObject([{ symbol: 'CCCUSDT' }]);
  expect(await takeDue(redis, bucketOf('main'), 'limit-order', due)).toEqual([]);
  expect(await takeDue(redis, bucketOf('main'), 'limit-order', { limit: 9, aheadMs: BY_ALL_MS })).toHaveLength(4);
});

function positionOf({ symbol }: Plan, stop: string | undefined): PositionRow {
  return { ...aPosition(), symbol, size: decimal('1'), stopLoss: stop === undefined ? undefined : decimal(stop) };
}
