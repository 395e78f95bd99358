import { expect, test } from 'vitest';
import { beginFlight, glance, landSymbol, peekCheck } from '../src/index.ts';
import { accept, anOrder, aPosition, nextMs, readAccount, REF, useRedis } from './account.ts';

const redis = useRedis();
const ROWS = { positions: [aPosition()], orders: [anOrder()] };
const OTHER = { ...REF, symbol: 'ETHUSDT', monitorId: 'bbbbbbbbbbbb' };
const NOTHING = { position: undefined, orders: [] };

test('a glance shows what is stored at the places of active monitors of one account, and nothing of others', async () => {
  await accept(redis(), REF, { ...REF, account: 'mirror', monitorId: 'cccccccccccc' });
  await readAccount(redis(), ROWS);
  expect(await glance(redis(), REF.account, { orders: true })).toEqual([
    { ref: REF, position: aPosition(), orders: [anOrder()] },
  ]);
  expect(await glance(redis(), 'third', { orders: true })).toEqual([]);
});

test('orders that nobody asks for are not read', async () => {
  await accept(redis(), REF);
  await readAccount(redis(), ROWS);
  expect(await glance(redis(), REF.account, { orders: false })).toEqual([
    { ref: REF, position: aPosition(), orders: [] },
  ]);
});

test('where a glance shows nothing, a peek shows a flat place without orders, or an unknown one', async () => {
  await accept(redis(), REF, OTHER);
  expect(await glance(redis(), REF.account, { orders: true })).toEqual(
    [REF, OTHER].map((ref) => ({ ref, ...NOTHING })),
  );
  expect(await peekCheck(redis(), REF)).toMatchObject({ position: { kind: 'missing' }, orders: { kind: 'missing' } });

  await readAccount(redis());
  const flight = await beginFlight(redis(), REF.account, `symbol:${REF.symbol}`, { flightId: 'flight', ttlMs: 5_000 });
  if (!flight.won) throw new Error('somebody else reads');
  const { startMs, epoch } = flight;
  const flat = { flightId: 'flight', startMs, epoch, positions: [], orders: [] };
  await landSymbol(redis(), REF.account, { ...flat, symbol: REF.symbol, idxs: [0] });
  expect(await glance(redis(), REF.account, { orders: true })).toEqual(
    [REF, OTHER].map((ref) => ({ ref, ...NOTHING })),
  );
  for (const ref of [REF, OTHER])
    expect(await peekCheck(redis(), ref)).toMatchObject({ position: { value: undefined }, orders: { value: [] } });
});

test('a glance shows a stored position that a newer listing has outdated, and the peek it is for does not', async () => {
  await accept(redis(), REF);
  await readAccount(redis(), ROWS);
  await nextMs(redis());
  await readAccount(redis());
  expect(await glance(redis(), REF.account, { orders: false })).toMatchObject([{ position: { side: 'Buy' } }]);
  expect(await peekCheck(redis(), REF)).toMatchObject({ position: { kind: 'row', value: undefined } });
});
