import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { fleetKeys, listRounds, tryCloseRound, tryOpenRound } from '../src/index.ts';
import { startRedis, type TestRedis } from '../testing/redis-server.ts';

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis({ cluster: true });
});
afterAll(() => server.stop());
beforeEach(() => server.redis.flushall());

test('of all processes that try, one opens the round', async () => {
  const tries = await Promise.all(
    Array.from({ length: 8 }, () => tryOpenRound(server.redis, { everyMs: 15_000, calls: 0 })),
  );
  expect(tries.filter((round) => round !== undefined)).toHaveLength(1);
});

test('a round closes, for one process, once every monitor was checked since its opening', async () => {
  const openedAtMs = await openRound();
  await expect(close(openedAtMs - 1)).resolves.toEqual({ state: 'open' });
  const tries = await Promise.all(Array.from({ length: 8 }, () => close(openedAtMs)));
  const [round, ...others] = tries.flatMap((closing) => (closing.state === 'closed' ? [closing.round] : []));
  expect(others).toEqual([]);
  expect(round).toMatchObject({ openedAtMs, monitors: 30, calls: 4, complete: true });
  expect(round?.durationMs).toBe((round?.closedAtMs ?? 0) - openedAtMs);
  await expect(listRounds(server.redis, 10)).resolves.toEqual([round]);
});

test('a round that one monitor holds up closes as incomplete, so that the others are swept again', async () => {
  const openedAtMs = await openRound();
  const seen = { oldestCheckedMs: openedAtMs - 1, monitors: 30, calls: 4 };
  await expect(tryCloseRound(server.redis, { ...seen, longestMs: 60_000 })).resolves.toEqual({ state: 'open' });
  await expect(tryCloseRound(server.redis, { ...seen, longestMs: 0 })).resolves.toMatchObject({
    state: 'closed',
    round: { complete: false },
  });
  await expect(tryOpenRound(server.redis, { everyMs: 0, calls: 0 })).resolves.toBeDefined();
});

test('a round counts the requests since its opening', async () => {
  await tryOpenRound(server.redis, { everyMs: 0, calls: 100 });
  const seen = { oldestCheckedMs: Number.MAX_SAFE_INTEGER, monitors: 30, calls: 108 };
  await expect(tryCloseRound(server.redis, seen)).resolves.toMatchObject({ round: { calls: 8 } });
});

test('the next round opens only when the last one closed and its time has passed', async () => {
  const openedAtMs = await openRound();
  await expect(tryOpenRound(server.redis, { everyMs: 0, calls: 0 })).resolves.toBeUndefined();
  await close(openedAtMs);
  await expect(tryOpenRound(server.redis, { everyMs: 60_000, calls: 0 })).resolves.toBeUndefined();
  await pause(20);
  const next = await tryOpenRound(server.redis, { everyMs: 20, calls: 0 });
  expect(next?.openedAtMs).toBeGreaterThanOrEqual(openedAtMs + 20);
});

test('nothing is closed twice, or before anything was opened', async () => {
  await expect(close(Date.now() + 1_000)).resolves.toEqual({ state: 'none' });
  const openedAtMs = await openRound();
  await close(openedAtMs);
  await expect(close(openedAtMs + 1_000)).resolves.toEqual({ state: 'none' });
});

test('a clock that was set back does not keep rounds from opening', async () => {
  const openedAtMs = await openRound();
  await close(openedAtMs);
  await server.redis.hset(fleetKeys.currentRound, 'opened', openedAtMs + 86_400_000);
  await expect(tryOpenRound(server.redis, { everyMs: 15_000, calls: 0 })).resolves.toBeDefined();
});

test('the last 200 rounds are kept, newest first', async () => {
  for (let round = 0; round < 203; round += 1) await close(await openRound());
  const rounds = await listRounds(server.redis, 1_000);
  expect(rounds).toHaveLength(200);
  expect(rounds.map(({ openedAtMs }) => openedAtMs)).toEqual(
    rounds.map(({ openedAtMs }) => openedAtMs).toSorted((a, b) => b - a),
  );
  await expect(listRounds(server.redis, 2)).resolves.toEqual(rounds.slice(0, 2));
});

async function openRound(): Promise<number> {
  return (await tryOpenRound(server.redis, { everyMs: 0, calls: 0 }))?.openedAtMs ?? 0;
}

function close(oldestCheckedMs: number): ReturnType<typeof tryCloseRound> {
  return tryCloseRound(server.redis, { oldestCheckedMs, monitors: 30, calls: 4 });
}
