import { expect, test } from 'vitest';
import {
  accountKeys,
  bucketOf,
  landPositions,
  landSymbol,
  setDueBare,
  setDueFirst,
  takeDue,
  toMember,
} from '../src/index.ts';
import { accept, aPosition, redisMs, REF, useRedis } from './account.ts';
import { read } from './vouched.ts';

const redis = useRedis();
const bare = aPosition({ stopLoss: undefined });
const ETH = { ...REF, symbol: 'ETHUSDT', monitorId: 'bbbbbbbbbbbb' };

/** Two monitors, one of them due in a while, the other one long ago. */
async function standstill(): Promise<void> {
  await accept(redis(), REF, ETH);
  await later();
  await redis().zadd(accountKeys(ETH.account).due('tp-sl'), (await redisMs(redis())) - 60_000, toMember(ETH));
}

/** The monitor is due in a while. */
async function later(): Promise<void> {
  await redis().zadd(accountKeys(REF.account).due('tp-sl'), (await redisMs(redis())) + 60_000, toMember(REF));
}

function first(limit = 1): ReturnType<typeof takeDue> {
  return takeDue(redis(), bucketOf(REF.account), 'tp-sl', { limit });
}

test('what a read of the account shows without a stop goes before all that are due', async () => {
  await standstill();
  await read(redis(), { positions: [bare, aPosition({ symbol: ETH.symbol })] });
  expect(await first()).toEqual([REF]);
  expect(await first(2)).toEqual([ETH]);
});

test('an account that nobody has read goes before what has no stop: it may hold any number of such positions', async () => {
  await standstill();
  await read(redis(), { positions: [bare, aPosition({ symbol: ETH.symbol })] });
  await setDueFirst(redis(), ETH);
  expect(await first()).toEqual([ETH]);
  expect(await first()).toEqual([REF]);
});

test('what is put ahead for want of a stop goes before all that are due, and after what goes first', async () => {
  await standstill();
  expect(await setDueBare(redis(), REF)).toBe(true);
  expect(await first()).toEqual([REF]);

  await setDueBare(redis(), REF);
  await setDueFirst(redis(), ETH);
  expect(await first()).toEqual([ETH]);
  expect(await first()).toEqual([REF]);
});

test('a read of its positions does so too', async () => {
  await standstill();
  const { startMs, epoch } = { startMs: await redisMs(redis()), epoch: 0 };
  await landPositions(redis(), REF.account, { flightId: 'flight', startMs, epoch, positions: [bare] });
  expect(await first()).toEqual([REF]);
});

test('what is held without a stop already is not asked for again, until it had one', async () => {
  await standstill();
  await read(redis(), { positions: [bare] });
  await later();
  const atMs = await redisMs(redis());
  await read(redis(), { startMs: atMs + 1, positions: [bare] });
  expect(await first(2)).toEqual([ETH]);

  await read(redis(), { startMs: atMs + 2, positions: [aPosition()] });
  await read(redis(), { startMs: atMs + 3, positions: [bare] });
  expect(await first(2)).toEqual([REF]);
});

test('a position under its stop, a flat one and one that nobody attends put nobody first, nor does a read of one symbol', async () => {
  await standstill();
  const atMs = await redisMs(redis());
  await read(redis(), { startMs: atMs, positions: [aPosition(), { ...bare, symbol: 'XRPUSDT' }] });
  await read(redis(), { startMs: atMs + 1, positions: [{ ...bare, size: 0n }] });
  const symbol = { flightId: 'flight', startMs: atMs + 2, epoch: 0, positions: [bare], orders: [] };
  await landSymbol(redis(), REF.account, { ...symbol, symbol: REF.symbol, idxs: [REF.positionIdx] });
  expect(await first(2)).toEqual([ETH]);
});
