import { randomUUID } from 'node:crypto';
import { initialState, toJson, type Plan } from '@backstop/core';
import {
  bucketOf,
  connectRedis,
  getPlans,
  openArchive,
  outboxNonce,
  putPlans,
  readOutbox,
  type Archive,
  type MonitorRef,
  type Redis,
} from '@backstop/store';
import { expect, inject, test } from 'vitest';
import { restingPlan } from '../support/plans.ts';
import { openDatabase } from './database.ts';
import { openRedis } from './redis.ts';

const hasEngine = inject('noEngine') === '';
/** Of this run alone: a Redis or a database that was given may hold other people's. */
const ACCOUNT = `c${randomUUID().slice(0, 8)}`;
const BUCKET = bucketOf(ACCOUNT);

test('plans and what is not archived yet outlive a restart of Redis, then the archive stores each once, also over its own', async () => {
  await using place = await openRedis({ hasEngine });
  await using database = await openDatabase({ hasEngine });
  const plans = [0, 1, 2].map((index) => restingPlan(ACCOUNT, index));
  const refs = await within(place.url(), (redis) => put(redis, plans));

  await place.restart();
  await within(place.url(), async (redis) => {
    expect((await getPlans(redis, refs)).map((plan) => plan?.id)).toEqual(plans.map(({ id }) => id));
    const nonce = await outboxNonce(redis, BUCKET);
    const entries = await readOutbox(redis, BUCKET, '0', 100);
    expect(entries.map(({ type }) => type)).toEqual(['planned', 'planned', 'planned']);

    {
      await using archive = await openArchive(database.location());
      expect(await archive.drain(BUCKET, nonce, entries)).toMatchObject({ stored: 3 });
    }
    await database.restart();
    await using again = await eventually(() => openArchive(database.location()));
    expect(await again.offset(BUCKET, nonce)).toBe(entries.at(-1)?.id);
    expect(await again.drain(BUCKET, nonce, entries)).toMatchObject({ stored: 0 });
    expect(await ids(again)).toEqual(plans.map(({ id }) => id).toSorted());
  });
});

async function put(redis: Redis, plans: readonly Plan[]): Promise<readonly MonitorRef[]> {
  const states = { 'tp-sl': toJson(initialState('tp-sl')), 'limit-order': toJson(initialState('limit-order')) };
  const { accepted } = await putPlans(
    redis,
    plans.map((plan) => ({ plan, states })),
  );
  return accepted;
}

async function ids(archive: Archive): Promise<readonly string[]> {
  const plans = await archive.activePlans();
  return plans.flatMap(({ id, account }) => (account === ACCOUNT ? [id] : [])).toSorted();
}

async function within<T>(url: string, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = connectRedis(url, 'test');
  await redis.connect();
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}

/** A server that has just been started again refuses for a moment. */
async function eventually<T>(open: () => Promise<T>): Promise<T> {
  let opened: T | undefined;
  await expect
    .poll(async () => (opened ??= await open().catch(() => undefined)) !== undefined, { timeout: 20_000 })
    .toBe(true);
  if (opened === undefined) throw new Error('did not open');
  return opened;
}
