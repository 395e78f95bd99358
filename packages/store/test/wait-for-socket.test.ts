import { expect, test } from 'vitest';
import { budgetKeys, SOCKET_LIMIT, takeSocket, waitForSocket } from '../src/index.ts';
import { redisMs, useRedis } from './account.ts';

const redis = useRedis();
const WINDOW_MS = 300_000;

test('all processes together open 450 sockets in 5 minutes, and the next one is told when there is room', async () => {
  const asked = await Promise.all(Array.from({ length: SOCKET_LIMIT + 10 }, () => takeSocket(redis())));
  expect(asked.filter((waitMs) => waitMs === 0)).toHaveLength(450);
  const told = asked.filter((waitMs) => waitMs > 0);
  expect(told.every((waitMs) => waitMs > WINDOW_MS - 60_000 && waitMs <= WINDOW_MS)).toBe(true);
});

test('a socket is waited for until one of 5 minutes ago leaves the window', async () => {
  const nowMs = await redisMs(redis());
  await fill(SOCKET_LIMIT - 1, nowMs - 1_000);
  const freesAtMs = nowMs + 300;
  await redis().zadd(budgetKeys.sockets, freesAtMs - WINDOW_MS, 'the first');
  await waitForSocket(redis(), { signal: AbortSignal.timeout(5_000), random: () => 0 });
  expect(await redisMs(redis())).toBeGreaterThanOrEqual(freesAtMs);
  expect(await redis().zcard(budgetKeys.sockets)).toBe(SOCKET_LIMIT);
});

test('whoever gives up waiting has spent nothing', async () => {
  await fill(SOCKET_LIMIT, await redisMs(redis()));
  const waiting = new AbortController();
  const waited = waitForSocket(redis(), { signal: waiting.signal });
  waiting.abort();
  await expect(waited).rejects.toMatchObject({ reason: 'not-sent' });
  expect(await redis().zcard(budgetKeys.sockets)).toBe(SOCKET_LIMIT);
});

test('a clock that was set back holds no socket back', async () => {
  await fill(SOCKET_LIMIT, (await redisMs(redis())) + 60_000);
  await expect(takeSocket(redis())).resolves.toBe(0);
});

test('no answer of Redis is no socket', async () => {
  const gone = redis().duplicate({ lazyConnect: true });
  gone.on('error', () => undefined);
  await expect(waitForSocket(gone, { signal: AbortSignal.timeout(5_000) })).rejects.toMatchObject({
    reason: 'not-sent',
  });
  gone.disconnect();
});

async function fill(count: number, atMs: number): Promise<void> {
  const members = Array.from({ length: count }, (_, index) => [atMs, `s${index}`]).flat();
  await redis().zadd(budgetKeys.sockets, ...members);
}
