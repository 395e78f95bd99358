import { expect, test } from 'vitest';
import {
  accountKeys,
  endSession,
  endStreamBeat,
  fleetKeys,
  holdStreams,
  markSynced,
  openSession,
  readStreams,
  releaseStreams,
  streamBeat,
  streamHolder,
} from '../src/index.ts';
import { nextMs, redisMs, useRedis } from './account.ts';

const redis = useRedis();
/** Over several buckets. */
const ACCOUNTS = ['main', 'mirror', 'third', 'fourth', 'fifth'] as const;
const claims = ACCOUNTS.map((account) => ({ account, session: '' }));

test('processes that beat are listed sorted, until 3 s after the last beat or until they say that they end', async () => {
  await streamBeat(redis(), 'stream-2');
  await expect(streamBeat(redis(), 'stream-1')).resolves.toEqual(['stream-1', 'stream-2']);
  await redis().zadd(fleetKeys.streams, (await redisMs(redis())) - 3_001, 'stream-2');
  await expect(streamBeat(redis(), 'stream-1')).resolves.toEqual(['stream-1']);

  await streamBeat(redis(), 'stream-2');
  await endStreamBeat(redis(), 'stream-2');
  await expect(streamBeat(redis(), 'stream-1')).resolves.toEqual(['stream-1']);
});

test('a beat from before the clock was set back counts for nothing', async () => {
  await redis().zadd(fleetKeys.streams, (await redisMs(redis())) + 60_000, 'stream-2');
  await expect(streamBeat(redis(), 'stream-1')).resolves.toEqual(['stream-1']);
});

test('accounts are held by the process that claimed them first, for as long as it renews', async () => {
  const first = await holdStreams(redis(), 'stream-1', claims);
  expect(Object.fromEntries(first)).toEqual(Object.fromEntries(ACCOUNTS.map((account) => [account, 'claimed'])));
  await expect(holdStreams(redis(), 'stream-2', claims)).resolves.toEqual(new Map());
  const again = await holdStreams(redis(), 'stream-1', claims);
  expect(new Set(again.values())).toEqual(new Set(['renewed']));
});

test('a process of the same name is told so, and gets and ends nothing of what the first one holds', async () => {
  const [one, two] = [streamHolder('stream#1'), streamHolder('stream#1')];
  await vouch(one, 'session-1');
  expect(await holdStreams(redis(), two, claims)).toEqual(
    new Map([['main', 'namesake'], ...ACCOUNTS.slice(1).map((account) => [account, 'claimed'] as const)]),
  );
  expect(await openSession(redis(), 'main', two, 'session-2')).toBe(false);
  expect(await endSession(redis(), 'main', two, 'closed')).toBe(false);
  expect(await releaseStreams(redis(), two, ['main'])).toBe(0);
  await expect(picture()).resolves.toMatchObject({ owner: 'stream#1', synced: true });
});

test('what a lease vouched for is over when it ran out, also for the one who had it and takes it again', async () => {
  await vouch('stream-1', 'session-1', 1);
  await nextMs(redis());
  await nextMs(redis());
  await expect(picture()).resolves.toMatchObject({ live: false, synced: false });
  expect(await markSynced(redis(), 'main', 'stream-1', 'session-1')).toBe(false);
  expect(await openSession(redis(), 'main', 'stream-1', 'session-2')).toBe(false);
  const held = await holdStreams(redis(), 'stream-1', [{ account: 'main', session: 'session-1' }]);
  expect(held).toEqual(new Map([['main', 'claimed']]));
  await expect(picture()).resolves.toMatchObject({ owner: 'stream-1', live: true, synced: false });
  await expect(markSynced(redis(), 'main', 'stream-1', 'session-1')).resolves.toBe(false);
});

test('another process takes a lease over when it has run out, and the first can do nothing more with it', async () => {
  await vouch('stream-1', 'session-1', 1);
  await nextMs(redis());
  await nextMs(redis());
  const held = await holdStreams(redis(), 'stream-2', [{ account: 'main', session: '' }]);
  expect(held).toEqual(new Map([['main', 'claimed']]));
  await vouch('stream-2', 'session-2');

  expect(await holdStreams(redis(), 'stream-1', [{ account: 'main', session: 'session-1' }])).toEqual(new Map());
  expect(await openSession(redis(), 'main', 'stream-1', 'session-3')).toBe(false);
  expect(await markSynced(redis(), 'main', 'stream-1', 'session-2')).toBe(false);
  expect(await endSession(redis(), 'main', 'stream-1', 'closed')).toBe(false);
  expect(await releaseStreams(redis(), 'stream-1', ['main'])).toBe(0);
  await expect(picture()).resolves.toMatchObject({ owner: 'stream-2', synced: true });
});

test('renewing without the session that is stored ends it: an end that did not reach Redis is made up for', async () => {
  await vouch('stream-1', 'session-1');
  await holdStreams(redis(), 'stream-1', [{ account: 'main', session: 'session-1' }]);
  await expect(picture()).resolves.toMatchObject({ synced: true });
  await holdStreams(redis(), 'stream-1', [{ account: 'main', session: '' }]);
  await expect(picture()).resolves.toMatchObject({ live: true, synced: false });
});

test('who names a session that is over is told so, whoever ended it: it was vouched for until then', async () => {
  await vouch('stream-1', 'session-1');
  await redis().hset(accountKeys('main').stream, { session: '', synced: '0' });
  const held = await holdStreams(redis(), 'stream-1', [{ account: 'main', session: 'session-1' }]);
  expect(held.get('main')).toBe('claimed');
});

test('what is released is free at once', async () => {
  await holdStreams(redis(), 'stream-1', claims);
  await expect(releaseStreams(redis(), 'stream-1', ['main', 'third', 'unknown'])).resolves.toBe(2);
  const held = await holdStreams(redis(), 'stream-2', claims);
  expect([...held.keys()].toSorted()).toEqual(['main', 'third']);
});

test('a session vouches from the moment it is marked, until it ends; why it ended is kept', async () => {
  await expect(picture()).resolves.toEqual({ account: 'main', live: false, synced: false });
  await holdStreams(redis(), 'stream-1', claims);
  await openSession(redis(), 'main', 'stream-1', 'session-1');
  await expect(picture()).resolves.toMatchObject({ synced: false });
  await expect(markSynced(redis(), 'main', 'stream-1', 'another')).resolves.toBe(false);
  await expect(picture()).resolves.toMatchObject({ synced: false });

  const beforeMs = await redisMs(redis());
  await expect(markSynced(redis(), 'main', 'stream-1', 'session-1')).resolves.toBe(true);
  const { synced, sinceMs = 0 } = await picture();
  expect(synced && sinceMs >= beforeMs && sinceMs <= (await redisMs(redis()))).toBe(true);

  await endSession(redis(), 'main', 'stream-1', 'no frame for 6 s');
  await expect(picture()).resolves.toMatchObject({ live: true, synced: false, why: 'no frame for 6 s' });
  await expect(markSynced(redis(), 'main', 'stream-1', 'session-1')).resolves.toBe(false);
});

test('a new session vouches for nothing of the one before', async () => {
  await vouch('stream-1', 'session-1');
  await openSession(redis(), 'main', 'stream-1', 'session-2');
  await expect(picture()).resolves.toMatchObject({ synced: false });
  await expect(markSynced(redis(), 'main', 'stream-1', 'session-1')).resolves.toBe(false);
});

async function vouch(holder: string, session: string, leaseMs = 4_000): Promise<void> {
  await holdStreams(redis(), holder, [{ account: 'main', session: '' }], 4_000);
  await openSession(redis(), 'main', holder, session);
  await markSynced(redis(), 'main', holder, session);
  await expect(picture()).resolves.toMatchObject({ live: true, synced: true });
  await holdStreams(redis(), holder, [{ account: 'main', session }], leaseMs);
}

async function picture() {
  const [main] = await readStreams(redis(), ['main']);
  if (main === undefined) throw new Error('no picture');
  return main;
}
