import { expect, test } from 'vitest';
import {
  accountKeys,
  closeIntents,
  evictExpired,
  flushCache,
  getLookup,
  openIntents,
  putLookup,
  readCheck,
  type CheckRead,
} from '../src/index.ts';
import { accept, anOrder, aPosition, readAccount, redisMs, REF, useRedis } from './account.ts';

const redis = useRedis();
const keys = accountKeys(REF.account);
const INTENTS = [{ id: 'i1', type: 'create', absolute: false }] as const;
const WRITE = { ref: REF, lane: 'tp-sl', token: 'token', intents: INTENTS } as const;

function check(): Promise<CheckRead> {
  return readCheck(redis(), REF, 'tp-sl', 'token');
}

test('flushing drops the rows of one account and leaves its plans and the other account alone', async () => {
  const mirror = { ...REF, account: 'mirror' };
  await accept(redis(), REF, mirror);
  await readAccount(redis(), { positions: [aPosition()], orders: [anOrder()] });
  await readAccount(redis(), { positions: [aPosition()] }, 'mirror');
  await putLookup(redis(), REF, 'gone', { order: undefined, startMs: await redisMs(redis()), epoch: 0 });

  expect(await flushCache(redis(), REF.account)).toBe(6);
  expect(await check()).toMatchObject({ position: { kind: 'missing' }, plan: { id: REF.monitorId } });
  expect((await readCheck(redis(), mirror, 'tp-sl', 't')).position.kind).toBe('row');
  await flushCache(redis());
  expect((await readCheck(redis(), mirror, 'tp-sl', 't')).position.kind).toBe('missing');
});

test('flushing one account takes pattern characters in its name literally', async () => {
  await readAccount(redis(), { positions: [aPosition()] });
  expect(await flushCache(redis(), 'm*')).toBe(0);
});

test('the clean-up clears a dirty mark when both rows were read since and no older look-up can be alive', async () => {
  await accept(redis(), REF);
  await check();
  await openIntents(redis(), WRITE);
  await closeIntents(redis(), REF, ['i1']);
  await redis().hset(keys.dirty, 'BTCUSDT:0:at', (await redisMs(redis())) - 31_000);
  expect(await evictExpired(redis(), [REF.account])).toEqual({ dirty: 0, landed: 0 });

  await readAccount(redis());
  await redis().hset(keys.landed, 'OLD:0', 1);
  expect(await evictExpired(redis(), [REF.account, 'other'])).toEqual({ dirty: 1, landed: 1 });
  expect(await redis().exists(keys.dirty)).toBe(0);
  expect(await redis().hlen(keys.landed)).toBe(2);
});

test.each([keys.positionListing, keys.ordersListing])(
  'the clean-up waits for both rows to be read: %s',
  async (key) => {
    await accept(redis(), REF);
    await check();
    await openIntents(redis(), WRITE);
    await redis().hset(keys.dirty, 'BTCUSDT:0:at', 1);
    await readAccount(redis());
    await redis().hset(key, 'epoch', 0);
    expect(await evictExpired(redis(), [REF.account])).toMatchObject({ dirty: 0 });
  },
);

test('the clean-up leaves a young dirty mark', async () => {
  await accept(redis(), REF);
  await check();
  await openIntents(redis(), WRITE);
  await readAccount(redis());
  expect(await evictExpired(redis(), [REF.account])).toEqual({ dirty: 0, landed: 0 });
});

test('a look-up is kept for 30 s from its start, terminal or not found', async () => {
  const startMs = (await redisMs(redis())) - 1_000;
  const filled = anOrder({ orderLinkId: 'done', status: 'Filled' });
  await putLookup(redis(), REF, 'done', { order: filled, startMs, epoch: 0 });
  await putLookup(redis(), REF, 'gone', { order: undefined, startMs, epoch: 0 });

  expect(await getLookup(redis(), REF, 'done')).toEqual({ order: filled, startMs });
  expect(await getLookup(redis(), REF, 'gone')).toEqual({ order: undefined, startMs });
  expect(await getLookup(redis(), REF, 'never')).toBeUndefined();
  const ends = Number(await redis().call('PEXPIRETIME', keys.orderLookup('gone')));
  expect(Math.abs(ends - (startMs + 30_000))).toBeLessThanOrEqual(50);
});

test('an older look-up never overwrites a newer one', async () => {
  const startMs = await redisMs(redis());
  const filled = anOrder({ orderLinkId: 'id', status: 'Filled' });
  await putLookup(redis(), REF, 'id', { order: filled, startMs, epoch: 0 });
  await putLookup(redis(), REF, 'id', { order: undefined, startMs: startMs - 1, epoch: 0 });
  expect(await getLookup(redis(), REF, 'id')).toEqual({ order: filled, startMs });
});

test('a look-up is not read for an order that the orders row holds', async () => {
  const startMs = await redisMs(redis());
  await putLookup(redis(), REF, anOrder().orderLinkId, { order: undefined, startMs, epoch: 0 });
  await readAccount(redis(), { orders: [anOrder()] });
  expect(await getLookup(redis(), REF, anOrder().orderLinkId)).toBeUndefined();
});

test('a look-up asked before a write to its rows is not read after it', async () => {
  await accept(redis(), REF);
  const { nowMs, epoch } = await check();
  await putLookup(redis(), REF, 'id', { order: undefined, startMs: nowMs, epoch });
  await openIntents(redis(), WRITE);
  expect(await getLookup(redis(), REF, 'id')).toBeUndefined();
});
