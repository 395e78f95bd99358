import { decimal, type Lane, type Plan, type PositionRow } from '@backstop/core';
import { aPlan, aPosition } from '@backstop/core/testing';
import { openLog } from '@backstop/runtime';
import { accountKeys, bucketOf, takeDue } from '@backstop/store';
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
  expect(await takeAfter('tp-sl', BEFORE_THE_OTHERS_MS)).toEqual([]);
  expect(await takeAfter('tp-sl', BY_ALL_MS - BEFORE_THE_OTHERS_MS)).toHaveLength(2);
});

test('of an account that was not read yet one goes first, and its read puts what has no stop first; the others have time', async () => {
  const { redis } = server;
  await redis.flushdb();
  expect(await restore(redis, archive, log)).toBe(PLANS.length);
  expect(await takeAfter('tp-sl', BEFORE_THE_OTHERS_MS)).toHaveLength(1);

  const positions = PLANS.slice(1).map((plan) => positionOf(plan, plan.symbol === 'CCCUSDT' ? undefined : '90'));
  await land(redis, 'main', { places: [], positions });
  expect(await takeAfter('tp-sl', 0)).toMatchObject([{ symbol: 'CCCUSDT' }]);
  expect(await takeAfter('limit-order', BEFORE_THE_OTHERS_MS)).toEqual([]);
  expect(await takeAfter('limit-order', BY_ALL_MS - BEFORE_THE_OTHERS_MS)).toHaveLength(4);
});

/** Has so much time pass for a lane of the account, and takes what is due then. */
async function takeAfter(lane: Lane, ms: number): ReturnType<typeof takeDue> {
  const due = accountKeys('main').due(lane);
  for (const member of await server.redis.zrange(due, '0', '-1')) await server.redis.zincrby(due, -ms, member);
  return takeDue(server.redis, bucketOf('main'), lane, { limit: 9 });
}

function positionOf({ symbol }: Plan, stop: string | undefined): PositionRow {
  return { ...aPosition(), symbol, size: decimal('1'), stopLoss: stop === undefined ? undefined : decimal(stop) };
}
