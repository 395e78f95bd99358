import { aPosition } from '@backstop/core/testing';
import { LANES } from '@backstop/core';
import { accountKeys, peekCheck, toMember } from '@backstop/store';
import { startRedis, type TestRedis } from '@backstop/store/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { applyBatch } from '../src/apply-batch.ts';
import { REF, SESSION, syncedAccount } from './synced-account.ts';

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
beforeEach(() => syncedAccount(server.redis));
afterAll(() => server.stop());

/** What came of a position's frame, with what was woken. */
async function told({ holds = true, wake = (): Promise<void> => Promise.resolve() } = {}) {
  const woken: string[] = [];
  const tookMs: number[] = [];
  for (const lane of LANES) await server.redis.del(accountKeys('main').due(lane));
  const batch = {
    frames: [{ topic: 'position', rows: [aPosition({ seq: 9 })], createdMs: Date.now(), unreadable: [] }],
    session: SESSION,
    receivedAtMs: performance.now() - 5,
  } as const;
  const applied = applyBatch('main', batch, {
    redis: server.redis,
    queues: {
      wake: (ref, lane, urgency, cause) => {
        woken.push(`${ref.monitorId} ${lane} ${urgency} ${cause}`);
        return wake();
      },
    },
    observer: { patched: (ms) => void tookMs.push(ms) },
    log: { info: ignore, warn: ignore, error: ignore },
    holds: () => holds,
  });
  return { applied, woken, tookMs };
}

async function seq(): Promise<number | undefined> {
  const { position } = await peekCheck(server.redis, REF);
  return position.kind === 'row' ? position.value?.seq : undefined;
}

test('a frame is in the rows before its monitors are woken ahead of all sweeps, and how long that took is told', async () => {
  const { applied, woken, tookMs } = await told();
  await applied;
  expect([await seq(), woken]).toEqual([9, [`${REF.monitorId} tp-sl event frame`]]);
  expect(tookMs.map((ms) => ms >= 5)).toEqual([true]);
});

test('a process whose leases may have run out puts nothing in', async () => {
  const { applied, woken } = await told({ holds: false });
  await expect(applied).rejects.toThrow('the lease may have run out');
  expect([await seq(), woken]).toEqual([undefined, []]);
});

test('a wake-up that fails is made up for: the monitor is due', async () => {
  const { applied } = await told({ wake: () => Promise.reject(new Error('the queue is away')) });
  await applied;
  expect(await seq()).toBe(9);
  expect(await server.redis.zrange(accountKeys('main').due('tp-sl'), 0, '-1')).toEqual([toMember(REF)]);
});

function ignore(): void {}
