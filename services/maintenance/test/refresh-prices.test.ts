import { decimal } from '@backstop/core';
import type { OrderRow, Prices } from '@backstop/core';
import { aPlan, aPosition, anEntryRow, aStopRow, aTakeProfitRow, prices } from '@backstop/core/testing';
import { bucketOf, countDue, type Redis } from '@backstop/store';
import { startRedis, type TestRedis } from '@backstop/store/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { refreshPrices } from '../src/tasks/refresh-prices.ts';
import type { TaskDeps } from '../src/tasks/task.ts';
import { countScripts, holdRows, holdStream } from './hold-rows.ts';

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
beforeEach(() => server.redis.flushdb());
afterAll(() => server.stop());

const ORDERS = [aStopRow(), aTakeProfitRow('t1', '85', '110'), anEntryRow('e1', '100', '95')];

/** What a look at these prices makes due, and how many monitors it looked at in full; the rows are those of a position from 100. */
async function look(price: Prices, orders: readonly OrderRow[] = ORDERS): Promise<{ due: boolean; scripts: number }> {
  const { redis } = server;
  await holdRows(redis, [aPlan()], { positions: [aPosition()], orders });
  const before = await countScripts(redis);
  await refreshPrices(market(redis, price), new AbortController().signal);
  const scripts = (await countScripts(redis)) - before;
  return { due: (await countDue(redis, bucketOf('main'), 'tp-sl')) > 0, scripts };
}

function market(redis: Redis, price: Prices): Parameters<typeof refreshPrices>[0] {
  const parts = { tickers: async () => new Map([['ALICEUSDT', price]]) };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the task asks of an exchange
  const exchangeOf = (() => parts) as unknown as TaskDeps['exchangeOf'];
  return { redis, accounts: ['main'], exchangeOf, count: () => undefined };
}

test.each([
  ['a take-profit', '110'],
  ['an entry', '95'],
  ['the stop', '90'],
])('F-25 without a stream a monitor is due at once when the price has reached %s of it', async (_what, at) => {
  expect(await look(prices(at))).toMatchObject({ due: true });
});

test.each([
  ['without a stream', undefined],
  ['under a stream', '1'],
] as const)('%s monitors of which the price has reached nothing are not looked at in full', async (_what, synced) => {
  if (synced !== undefined) await holdStream(server.redis, 'main', synced);
  expect(await look(prices('100'))).toEqual({ due: false, scripts: 0 });
});

test('under a synced stream only the stop makes a monitor due: of limits the stream tells (S-06)', async () => {
  await holdStream(server.redis, 'main', '1');
  expect(await look(prices('110'))).toEqual({ due: false, scripts: 0 });
  await server.redis.flushdb();
  await holdStream(server.redis, 'main', '1');
  expect(await look(prices('90'))).toMatchObject({ due: true });
});

test('a stream that is not in sync yet vouches for nothing', async () => {
  await holdStream(server.redis, 'main', '0');
  expect(await look(prices('110'))).toMatchObject({ due: true });
});

test('the stop is judged by its own trigger source, whatever another one has reached', async () => {
  expect(await look({ ...prices('91'), mark: decimal('90') }, [aStopRow()])).toMatchObject({ due: false });
});
