import { aPosition, anExecution, ownLinkId } from '@backstop/core/testing';
import { LANES, type PrivateFrame } from '@backstop/core';
import { accountKeys, connectReader, openQueues, peekCheck, toMember, type Queues } from '@backstop/store';
import { startRedis, type TestRedis } from '@backstop/store/testing';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { FrameBatch } from '../src/account-stream.ts';
import { applyBatch, type BatchDeps } from '../src/apply-batch.ts';
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

const WOKEN = `${REF.monitorId} tp-sl event frame`;

function filled(execId: string, symbol = REF.symbol): PrivateFrame {
  return {
    topic: 'execution',
    rows: [anExecution({ execId, symbol, side: 'Sell', orderLinkId: ownLinkId('t1') })],
    createdMs: Date.now(),
    unreadable: [],
  };
}

function batchOf(frames: readonly PrivateFrame[]): FrameBatch {
  return { frames, session: SESSION, receivedAtMs: performance.now() };
}

/** Applies one batch and says who was woken: in the very turn, and in all. */
async function wokenBy(frames: readonly PrivateFrame[], redis = server.redis) {
  await server.redis.del(accountKeys('main').due('limit-order'));
  const woken: string[] = [];
  const wake: Queues['wake'] = async ({ monitorId }, lane, urgency, cause) => {
    woken.push(`${monitorId} ${lane} ${urgency} ${cause}`);
  };
  const applied = applyBatch(
    'main',
    { frames, session: SESSION, receivedAtMs: performance.now() },
    deps({ wake }, redis),
  );
  const inTurn = [...woken];
  await applied;
  return { inTurn, woken };
}

test('who looks at a fill is woken in the turn of its frames, once the plans are known, and not a second time', async () => {
  const fresh = server.redis.duplicate();
  await fresh.connect();
  expect(await wokenBy([filled('exec-1')], fresh)).toEqual({ inTurn: [], woken: [WOKEN] });
  expect(await wokenBy([filled('exec-2')], fresh)).toEqual({ inTurn: [WOKEN], woken: [WOKEN] });
  expect(await wokenBy([filled('exec-3', 'NOBODYUSDT')], fresh)).toEqual({ inTurn: [], woken: [] });
  fresh.disconnect();
});

test('where others are active by then, whoever was woken too early is woken again', async () => {
  await wokenBy([filled('exec-1')]);
  await server.redis.hset(accountKeys('main').active, 'ALICEUSDT:2', 'plancccccccc');
  expect(await wokenBy([filled('exec-2')])).toEqual({ inTurn: [WOKEN], woken: [WOKEN, WOKEN] });
});

test('frames and the wake-up behind them are one write to Redis, and the job is there when they are in', async () => {
  const redis = connectReader(server.url, 'test');
  await redis.connect();
  await using queues = openQueues(server.url, { redis });
  await queues.ready();
  await applyBatch('main', batchOf([filled('exec-1')]), deps(queues, redis));
  await server.redis.flushdb();
  await syncedAccount(server.redis);
  await server.redis.del(accountKeys('main').due('limit-order'));

  const writes = [vi.spyOn(redis.stream, '_writev'), vi.spyOn(redis.stream, '_write')];
  const applied = applyBatch('main', batchOf([filled('exec-2')]), deps(queues, redis));
  await vi.waitUntil(() => writes.some(({ mock }) => mock.calls.length > 0));
  await applied;
  expect(writes.map(({ mock }) => mock.calls.length)).toEqual([1, 0]);
  expect(await queues.depths()).toMatchObject({ 'tp-sl': { waiting: 1 } });
  redis.disconnect();
});

function deps(queues: Pick<Queues, 'wake'>, redis = server.redis): BatchDeps {
  return {
    redis,
    queues,
    observer: { patched: ignore },
    log: { info: ignore, warn: ignore, error: ignore },
    holds: () => true,
  };
}

function ignore(): void {}
