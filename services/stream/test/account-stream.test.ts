import type { PrivateFrame, PrivateStreamListener } from '@backstop/core';
import { holdStreams, readStreams, releaseStreams } from '@backstop/store';
import { startRedis, type TestRedis } from '@backstop/store/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { AccountStream } from '../src/account-stream.ts';

const HOLDER = 'stream-1';
const SOON = { timeout: 10_000, interval: 5 } as const;

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
beforeEach(async () => {
  await server.redis.flushdb();
  await holdStreams(server.redis, HOLDER, [{ account: 'main', session: '' }], 60_000);
});
afterAll(() => server.stop());

function aFrame(createdMs: number): PrivateFrame {
  return { topic: 'position', rows: [], createdMs, unreadable: [] };
}

/** A stream over a connection that the test plays, and reads that end when the test says so. */
function aStream() {
  const opened: PrivateStreamListener[] = [];
  const reads: { signal: AbortSignal; end: PromiseWithResolvers<void> }[] = [];
  const applied: string[] = [];
  const connects: string[] = [];
  const audits: AbortSignal[] = [];
  const told: unknown[] = [];
  const seen = { told, reads, applied, connects, audits, isRedisAway: false, isConnectionClosed: false };
  const stream = new AccountStream('main', {
    redis: server.redis,
    holder: HOLDER,
    open: (listener) => {
      opened.push(listener);
      return { close: () => void (seen.isConnectionClosed = true) };
    },
    apply: async ({ frames, session }) => {
      if (seen.isRedisAway) throw new Error('redis is away');
      applied.push(...frames.map(({ createdMs }) => `${createdMs} ${session}`));
    },
    reconcile: (_session, signal) => {
      const end = Promise.withResolvers<void>();
      signal.addEventListener('abort', () => end.reject(new Error('aborted')));
      reads.push({ signal, end });
      return end.promise;
    },
    audit: async (signal) => void audits.push(signal),
    observer: { synced: ignore, frames: ignore, connected: (outcome) => void connects.push(outcome) },
    log: { info: ignore, warn: (fields) => told.push(fields), error: ignore },
  });
  const [listener] = opened;
  if (listener === undefined) throw new Error('it opened nothing');
  return { stream, listener, seen };
}

async function isSynced(): Promise<boolean | undefined> {
  return (await readStreams(server.redis, ['main']))[0]?.synced;
}

async function untilRead(seen: ReturnType<typeof aStream>['seen'], nth: number): Promise<PromiseWithResolvers<void>> {
  await expect.poll(() => seen.reads.length, SOON).toBe(nth);
  const read = seen.reads[nth - 1];
  if (read === undefined) throw new Error('nothing is read');
  return read.end;
}

async function synced() {
  const all = aStream();
  all.listener.ready();
  (await untilRead(all.seen, 1)).resolve();
  await expect.poll(isSynced, SOON).toBe(true);
  return all;
}

test('it vouches once the account has been read after the connection stood; frames are patched meanwhile', async () => {
  const { stream, listener, seen } = aStream();
  expect(stream.session).toBe('');
  listener.ready();
  listener.frames([aFrame(1)]);
  const read = await untilRead(seen, 1);
  listener.frames([aFrame(2)]);
  await expect.poll(() => seen.applied, SOON).toEqual([`1 ${stream.session}`, `2 ${stream.session}`]);
  expect(await isSynced()).toBe(false);

  read.resolve();
  await expect.poll(isSynced, SOON).toBe(true);
  await expect.poll(() => seen.audits.length, SOON).toBe(1);
  await stream.close();
  expect(seen.audits[0]?.aborted).toBe(true);
});

test('a lost connection ends what it vouched for and all that was under way, and the next one begins anew', async () => {
  const { stream, listener, seen } = await synced();
  const first = stream.session;
  listener.down({ reason: 'closed', why: '1006' });
  await expect.poll(isSynced, SOON).toBe(false);
  expect([stream.session, seen.audits[0]?.aborted]).toEqual(['', true]);
  await expect(readStreams(server.redis, ['main'])).resolves.toMatchObject([{ why: 'closed: 1006' }]);
  listener.frames([aFrame(1)]);

  listener.ready();
  await untilRead(seen, 2);
  expect(stream.session).not.toBe(first);
  listener.down({ reason: 'silent', why: 'no frame' });
  listener.down({ reason: 'refused', why: '403' });
  listener.ready();
  (await untilRead(seen, 3)).resolve();
  await expect.poll(isSynced, SOON).toBe(true);
  expect(seen.reads.map(({ signal }) => signal.aborted)).toEqual([true, true, false]);
  expect(seen.connects).toEqual(['ready', 'ready', 'refused', 'ready']);
  expect(seen.applied).toEqual([]);
  await stream.close();
});

test('frames that could not be patched end what is vouched for; over the same connection all is read anew', async () => {
  const { stream, listener, seen } = await synced();
  seen.isRedisAway = true;
  listener.frames([aFrame(1)]);
  await expect.poll(isSynced, SOON).toBe(false);
  seen.isRedisAway = false;
  const read = await untilRead(seen, 2);
  listener.frames([aFrame(2)]);
  read.resolve();
  await expect.poll(isSynced, SOON).toBe(true);
  expect(seen.applied).toEqual([`2 ${stream.session}`]);
  expect(seen.isConnectionClosed).toBe(false);
  await stream.close();
});

test('a lease that had run out is a new beginning', async () => {
  const { stream, seen } = await synced();
  const first = stream.session;
  stream.lapsed();
  await expect.poll(isSynced, SOON).toBe(false);
  (await untilRead(seen, 2)).resolve();
  await expect.poll(isSynced, SOON).toBe(true);
  expect(stream.session).not.toBe(first);
  await stream.close();
});

test('an account that cannot be read is tried again, under another session', async () => {
  const { stream, listener, seen } = aStream();
  listener.ready();
  (await untilRead(seen, 1)).reject(new Error('http 500'));
  (await untilRead(seen, 2)).reject(new Error('http 500'));
  const read = await untilRead(seen, 3);
  expect(await isSynced()).toBe(false);
  read.resolve();
  await expect.poll(isSynced, SOON).toBe(true);
  await stream.close();
});

test('without the lease it does not vouch for what it has read, and reads nothing more', async () => {
  const { stream, listener, seen } = aStream();
  listener.ready();
  const read = await untilRead(seen, 1);
  await releaseStreams(server.redis, HOLDER, ['main']);
  await holdStreams(server.redis, 'stream-2', [{ account: 'main', session: '' }], 60_000);
  read.resolve();
  await expect.poll(() => seen.told, SOON).toContainEqual({ account: 'main', why: 'the lease is not held' });
  expect(seen.told).toContainEqual({ account: 'main', why: 'the session is over' });
  expect(seen.reads).toHaveLength(1);
  await stream.close();
  await expect(readStreams(server.redis, ['main'])).resolves.toMatchObject([{ owner: 'stream-2', synced: false }]);
});

test('when it is closed the connection is, and what was under way ends', async () => {
  const { stream, listener, seen } = aStream();
  listener.ready();
  await untilRead(seen, 1);
  await stream.close();
  listener.ready();
  listener.frames([aFrame(1)]);
  expect(seen).toMatchObject({ isConnectionClosed: true, applied: [], connects: ['ready'] });
  expect(seen.reads.map(({ signal }) => signal.aborted)).toEqual([true]);
  expect(await isSynced()).toBe(false);
});

function ignore(): void {}
