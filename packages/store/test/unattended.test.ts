import { decimal } from '@backstop/core';
import { expect, test } from 'vitest';
import { listUnattended, noteUnattended, openIntents, readCheck, slotOf } from '../src/index.ts';
import { accept, anOrder, aPosition, readAccount, redisMs, REF, useRedis } from './account.ts';

const redis = useRedis();
const OPEN = aPosition({ openTimeMs: 5 });
type Listing = Parameters<typeof noteUnattended>[2];

async function note(startMs: number, listing: Partial<Listing> = {}): Promise<void> {
  await noteUnattended(redis(), REF.account, { startMs, positions: [OPEN], orders: [], ...listing });
}

async function seen(): Promise<readonly (readonly [slot: string, firstMs: number, lastMs: number])[]> {
  const { positions } = await listUnattended(redis(), REF.account);
  return positions.map(({ position, firstSeenMs, lastSeenMs }) => [slotOf(position), firstSeenMs, lastSeenMs] as const);
}

test('a position counts from the first of the listings that have shown it in a row', async () => {
  await note(10);
  await note(20);
  await note(30, { positions: [{ ...OPEN, size: decimal('7') }] });
  expect(await seen()).toEqual([['BTCUSDT:0', 10, 30]]);
  await note(40, { positions: [] });
  expect(await seen()).toEqual([]);
  await note(50);
  expect(await seen()).toEqual([['BTCUSDT:0', 50, 50]]);
});

test('S-23 a position that was turned round, or opened anew, counts from there', async () => {
  await note(10);
  await note(20, { positions: [{ ...OPEN, side: 'Sell' }] });
  expect(await seen()).toEqual([['BTCUSDT:0', 20, 20]]);
  await note(30, { positions: [{ ...OPEN, side: 'Sell', openTimeMs: 25 }] });
  expect(await seen()).toEqual([['BTCUSDT:0', 30, 30]]);
});

test('a listing that lands late neither brings a position back nor takes one away', async () => {
  await note(20);
  await note(10, { positions: [] });
  await note(15, { positions: [aPosition({ symbol: 'ETHUSDT' })] });
  expect(await seen()).toEqual([['BTCUSDT:0', 20, 20]]);
});

test('the trigger of a stop that stands is noted with it', async () => {
  const stop = anOrder({ orderLinkId: '', stopOrderType: 'StopLoss', triggerBy: 'MarkPrice' });
  await note(10, { orders: [anOrder({ triggerBy: 'IndexPrice' }), stop] });
  expect((await listUnattended(redis(), REF.account)).positions).toMatchObject([{ stopTriggerBy: 'MarkPrice' }]);
  await note(20, { positions: [{ ...OPEN, stopLoss: undefined }], orders: [stop] });
  expect((await listUnattended(redis(), REF.account)).positions[0]).not.toHaveProperty('stopTriggerBy');
});

test('when we last wrote on the symbol is told with it, on whichever side, and when the account was last listed', async () => {
  await note(10);
  expect(await listUnattended(redis(), REF.account)).toMatchObject({
    listedMs: undefined,
    positions: [{ writtenMs: undefined }],
  });

  const short = { ...REF, positionIdx: 2 } as const;
  await accept(redis(), short);
  await readCheck(redis(), short, 'tp-sl', 'token');
  const before = await redisMs(redis());
  const intents = [{ id: 'i1', type: 'create', absolute: false }] as const;
  await openIntents(redis(), { ref: short, lane: 'tp-sl', token: 'token', intents });
  await readAccount(redis());
  const { listedMs, positions } = await listUnattended(redis(), REF.account);
  expect(positions[0]?.writtenMs).toBeGreaterThanOrEqual(before);
  expect(listedMs).toBeGreaterThanOrEqual(before);
});
