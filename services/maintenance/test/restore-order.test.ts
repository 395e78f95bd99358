import { decimal, type Lane, type PositionRow } from '@backstop/core';
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

const BUCKET = bucketOf('main');
/** A plan of another account, whose monitors are due in the same set. */
const UNREAD = aPlan({
  id: 'eeeeeeeeeeee',
  account: Array.from({ length: 100 }, (_, at) => `other${at}`).find((name) => bucketOf(name) === BUCKET) ?? '',
  symbol: 'EEEUSDT',
});

/** By then only what goes first is due, by then the stops of all are, and by then their entries, ms. */
const BEFORE_THE_OTHERS_MS = 1_000;
const BY_ALL_MS = 4_000;
const BY_ENTRIES_MS = 7_000;

/** An archive that has kept these plans. */
const archive = {
  installation: (letters: string) => Promise.resolve(letters),
  activePlans: () => Promise.resolve(PLANS),
  offset: () => Promise.resolve('0'),
  drain: () => Promise.reject(new Error('nothing is to be archived')),
};

test('of an account that was read before its plans were back, positions without a stop go before all that are due', async () => {
  const { redis } = server;
  const bare = ['BBBUSDT', 'CCCUSDT'];
  const positions = PLANS.slice(0, 3).map(({ symbol }) => positionOf(symbol, bare.includes(symbol) ? undefined : '90'));
  await land(redis, 'main', { places: [], positions });
  expect(await restore(redis, archive, log)).toBe(PLANS.length);

  const taken = await takeAfter('tp-sl', 0);
  expect(taken.map(({ symbol }) => symbol).toSorted()).toEqual(bare);
  expect(await takeAfter('tp-sl', BEFORE_THE_OTHERS_MS)).toEqual([]);
  expect(await takeAfter('tp-sl', BY_ALL_MS - BEFORE_THE_OTHERS_MS)).toHaveLength(2);
});

test('of an account that was read and has all its stops one is due at once, and goes before nobody', async () => {
  const { redis } = server;
  await redis.flushdb();
  await land(redis, 'main', { places: [], positions: PLANS.map(({ symbol }) => positionOf(symbol, '90')) });
  expect(await restore(redis, archive, log)).toBe(PLANS.length);

  expect(await takeAfter('tp-sl', -60_000)).toEqual([]);
  expect(await takeAfter('tp-sl', 60_000)).toMatchObject([{ symbol: 'AAAUSDT' }]);
});

test('of an account that was not read yet one goes first, and its read puts what has no stop ahead; the others have time', async () => {
  const { redis } = server;
  await redis.flushdb();
  expect(await restore(redis, archive, log)).toBe(PLANS.length);
  expect(await takeAfter('tp-sl', BEFORE_THE_OTHERS_MS)).toHaveLength(1);

  const positions = PLANS.slice(1).map(({ symbol }) => positionOf(symbol, symbol === 'CCCUSDT' ? undefined : '90'));
  await land(redis, 'main', { places: [], positions });
  expect(await takeAfter('tp-sl', 0)).toMatchObject([{ symbol: 'CCCUSDT' }]);
  expect(await takeAfter('limit-order', BY_ALL_MS)).toEqual([]);
  expect(await takeAfter('limit-order', BY_ENTRIES_MS - BY_ALL_MS)).toHaveLength(4);
});

test('an account that nobody has read goes before a position without a stop, which goes before all others that are due', async () => {
  const { redis } = server;
  await redis.flushdb();
  const positions = PLANS.map(({ symbol }) => positionOf(symbol, symbol < 'CCC' ? undefined : '90'));
  await land(redis, 'main', { places: [], positions });
  expect(await restore(redis, { ...archive, activePlans: () => Promise.resolve([...PLANS, UNREAD]) }, log)).toBe(5);

  const order = [];
  for (let nth = 0; nth < 3; nth += 1) order.push(...(await takeDue(redis, BUCKET, 'tp-sl', { limit: 1 })));
  expect(order.slice(0, 2)).toContainEqual(expect.objectContaining({ account: UNREAD.account }));
  expect(order.map(({ symbol }) => symbol).toSorted()).toEqual(['AAAUSDT', 'BBBUSDT', UNREAD.symbol]);
  expect(order[2]).toMatchObject({ account: 'main', symbol: 'BBBUSDT' });
});

/** Has so much time pass for a lane of the account, and takes what is due then. */
async function takeAfter(lane: Lane, ms: number): ReturnType<typeof takeDue> {
  const due = accountKeys('main').due(lane);
  for (const member of await server.redis.zrange(due, '0', '-1')) await server.redis.zincrby(due, -ms, member);
  return takeDue(server.redis, BUCKET, lane, { limit: 9 });
}

function positionOf(symbol: string, stop: string | undefined): PositionRow {
  return { ...aPosition(), symbol, size: decimal('1'), stopLoss: stop === undefined ? undefined : decimal(stop) };
}
