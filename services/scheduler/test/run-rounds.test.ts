import { initialState, toJson } from '@backstop/core';
import { aPlan } from '@backstop/core/testing';
import {
  accountKeys,
  bucketKeys,
  bucketOf,
  putPlans,
  redisTimeMs,
  takeDue,
  toMember,
  touchChecked,
  type MonitorRef,
} from '@backstop/store';
import { startRedis, type TestRedis } from '@backstop/store/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { runRounds } from '../src/run-rounds.ts';

let server: TestRedis;

beforeAll(async () => {
  server = await startRedis();
});
beforeEach(async () => {
  await server.redis.flushdb();
});
afterAll(async () => {
  await server.stop();
});

test('a round of few makes all of them due at once; one of many spreads them', async () => {
  expect((await opened(36)).size).toBe(1);

  await server.redis.flushdb();
  expect((await opened(60)).size).toBeGreaterThan(10);
});

test('a round stays open, however often one looks, until the monitors of all buckets have been checked', async () => {
  const refs = await openedOver(['main', OTHER]);
  expect(await look()).toEqual({ closed: undefined, open: true });
  for (const ref of refs) {
    expect(await look()).toEqual({ closed: undefined, open: true });
    await nextMs();
    await touchChecked(server.redis, ref, 'tp-sl', { dueInMs: 1_000 });
  }
  expect(await look()).toMatchObject({ closed: { monitors: 2, complete: true }, open: false });
});

test('a round whose monitor cannot be checked is closed as incomplete after its time, also when it was found open before', async () => {
  await openedOver(['main', OTHER]);
  expect(await look()).toEqual({ closed: undefined, open: true });
  expect(await look()).toEqual({ closed: undefined, open: true });
  await nextMs();
  expect(await look(1)).toMatchObject({ closed: { complete: false }, open: false });
});

test('a monitor that was closed while a round waited for it keeps it open no longer', async () => {
  const [first = REF, second = REF] = await openedOver(['main', OTHER]);
  await look();
  await nextMs();
  await touchChecked(server.redis, second, 'tp-sl', { dueInMs: 1_000 });
  await look();
  await server.redis.zrem(accountKeys(first.account).checked, toMember(first));
  expect(await look()).toMatchObject({ closed: { monitors: 1, complete: true }, open: false });
});

/** An account of another bucket. */
const OTHER =
  Array.from({ length: 100 }, (_, at) => `other${at}`).find((name) => bucketOf(name) !== bucketOf('main')) ?? '';
const REF: MonitorRef = { account: 'main', symbol: 'BTCUSDT', positionIdx: 0, monitorId: 'aaaaaaaaaaaa' };

/** A monitor of each of these accounts, and a round that opened since they were accepted. */
async function openedOver(accounts: readonly string[]): Promise<readonly MonitorRef[]> {
  const states = { 'tp-sl': toJson(initialState('tp-sl')), 'limit-order': toJson(initialState('limit-order')) };
  const plans = accounts.map((account, at) => ({ plan: aPlan({ id: `${at}`.repeat(12), account }), states }));
  const { accepted } = await putPlans(server.redis, plans);
  await nextMs();
  expect(await look()).toEqual({ closed: undefined, open: true });
  return accepted;
}

function look(longestMs = 60_000): ReturnType<typeof runRounds> {
  return runRounds(server.redis, { everyMs: 60_000, longestMs });
}

/** Until Redis's clock shows a later ms. */
async function nextMs(): Promise<void> {
  const fromMs = await redisTimeMs(server.redis);
  while ((await redisTimeMs(server.redis)) === fromMs);
}

/** The times at which so many monitors of one account, none of them due soon, are due when a round opens. */
async function opened(count: number): Promise<ReadonlySet<string | undefined>> {
  const states = { 'tp-sl': toJson(initialState('tp-sl')), 'limit-order': toJson(initialState('limit-order')) };
  const plans = Array.from({ length: count }, (_, at) => ({
    plan: aPlan({ id: `plan${String(at).padStart(8, '0')}`, account: 'main', symbol: `COIN${at}USDT` }),
    states,
  }));
  expect((await putPlans(server.redis, plans)).accepted).toHaveLength(count);
  const all = { limit: count, aheadMs: 60_000 };
  expect(await takeDue(server.redis, bucketOf('main'), 'tp-sl', all)).toHaveLength(count);

  expect(await runRounds(server.redis, { everyMs: 1_000 })).toEqual({ closed: undefined, open: true });
  const due = await server.redis.zrange(bucketKeys(bucketOf('main')).due('tp-sl'), 0, '-1', 'WITHSCORES');
  return new Set(due.filter((_value, at) => at % 2 === 1));
}
