import { expect, test } from 'vitest';
import { newest } from '../src/http/newest.ts';
import { exchange, order, SYMBOL } from './exchange-client.ts';

const LINEAR = { category: 'linear', symbol: SYMBOL };

const isEven = (row: number): boolean => row % 2 === 0;

test('a page is made without a look at anything older than its last row or than the time that is asked for', () => {
  const looked: number[] = [];
  const rowOf = (entry: number): number | undefined => {
    looked.push(entry);
    return entry === 8 ? undefined : entry;
  };
  const entries = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  expect(newest(entries, { most: 2, rowOf, isWanted: isEven })).toEqual([10, 6]);
  expect(looked).toEqual([10, 9, 8, 7, 6]);
  looked.length = 0;
  expect(newest(entries, { most: 9, rowOf, isWanted: isEven, isPast: (row) => row < 6 })).toEqual([10, 6]);
  expect(looked).toEqual([10, 9, 8, 7, 6, 5]);
});

test('listings of a time range hold exactly what happened in it, newest first, in pages', async () => {
  await using venue = await exchange({ clock: 'virtual' });
  const startMs = (await venue.get('market/time')).body.time;
  for (let index = 0; index < 6; index += 1) {
    await venue.post('order/create', order({ orderLinkId: `in${index}` }));
    await venue.post('order/create', order({ side: 'Sell', reduceOnly: true, orderLinkId: `out${index}` }));
    await venue.sim('POST', 'clock', { advanceMs: 1_000 });
  }
  const range = { startTime: String(startMs + 1_000), endTime: String(startMs + 3_000), limit: '4' };
  const linksOf = async (endpoint: string, name: string): Promise<readonly unknown[]> => {
    const first = (await venue.get(endpoint, { ...LINEAR, ...range })).body.result;
    const cursor = first.nextPageCursor ?? '';
    const second = (await venue.get(endpoint, { ...LINEAR, ...range, cursor })).body.result;
    return [...(first.list ?? []), ...(second.list ?? [])].map((row) => row[name]);
  };
  const all = ['out3', 'in3', 'out2', 'in2', 'out1', 'in1'];
  expect(await linksOf('order/history', 'orderLinkId')).toEqual(all);
  expect(await linksOf('execution/list', 'orderLinkId')).toEqual(all);
  expect(await linksOf('account/transaction-log', 'orderLinkId')).toEqual(all);
  const { list = [] } = (await venue.get('order/history', { ...LINEAR, ...range, limit: '50' })).body.result;
  const closing = list.filter(({ side }) => side === 'Sell').map(({ orderId }) => orderId);
  expect(await linksOf('position/closed-pnl', 'orderId')).toEqual(closing);
});
