import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import {
  QUEUE_PREFIX,
  checkWorker,
  openQueues,
  type CheckProcessor,
  type CheckWorker,
  type MonitorRef,
  type Queues,
} from '../src/index.ts';
import { startRedis, type TestRedis } from '../testing/redis-server.ts';

/** Another one's Redis is neither frozen nor cut off from its clients. */
const isShared = process.env['TEST_REDIS_URL'] !== undefined;

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const resource of open.splice(0).toReversed()) await resource[Symbol.asyncDispose]();
});

test('each run gets the job, a token that no other run has, and a signal', async () => {
  const { server, queues } = await aQueue();
  const tokens = new Set<string>();
  const done = Promise.withResolvers<void>();
  aWorker(server, async (run, token, signal) => {
    expect(signal.aborted).toBe(false);
    expect(run.data).toMatchObject({ monitorId: 'a', lane: 'tp-sl', account: 'main', positionIdx: 0 });
    expect(run.startedAtMs).toBeGreaterThanOrEqual(run.askedAtMs);
    tokens.add(token);
    // One worker's slot takes the next job by the same BullMQ token.
    if (tokens.size < 5) await queues.wake(aRef('a'), 'tp-sl', 'event', 'event');
    else done.resolve();
  });
  await queues.wake(aRef('a'), 'tp-sl', 'event', 'event');
  await done.promise;
  expect(tokens.size).toBe(5);
});

test('a check that rejects is reported, not tried again, and does not stop the next', async () => {
  const { server, queues } = await aQueue();
  const seen: string[] = [];
  const reported = Promise.withResolvers<string>();
  const done = Promise.withResolvers<void>();
  aWorker(
    server,
    async ({ data }) => {
      seen.push(data.monitorId);
      if (data.monitorId === 'a') throw new Error('broken');
      done.resolve();
    },
    (error) => reported.resolve(error.message),
  );
  await queues.wakeMany([aRef('a'), aRef('b')], 'tp-sl');
  await done.promise;
  await expect(reported.promise).resolves.toBe('broken');
  expect(seen).toEqual(['a', 'b']);
  await expect(queues.depths()).resolves.toMatchObject({ 'tp-sl': { failed: 1, waiting: 0, sweeps: 0 } });
});

test('a check whose lock is lost is aborted', async () => {
  const { server, queues } = await aQueue();
  const aborted = Promise.withResolvers<unknown>();
  aWorker(server, async ({ id }, _token, signal) => {
    await server.redis.set(`${QUEUE_PREFIX}:tp-sl:${id}:lock`, 'somebody else');
    await once(signal, 'abort');
    aborted.resolve(signal.reason);
  });
  await queues.wake(aRef('a'), 'tp-sl', 'event', 'event');
  await expect(aborted.promise).resolves.toMatchObject({ message: 'the lock of this check is lost' });
});

test.skipIf(isShared)(
  'a check that cannot renew its lock is aborted when the lock may have run out, and the monitor is checked again',
  async () => {
    const { server, queues } = await aQueue();
    const aborted = Promise.withResolvers<unknown>();
    const again = Promise.withResolvers<void>();
    let runs = 0;
    aWorker(server, async (_run, _token, signal) => {
      runs += 1;
      if (runs > 1) return again.resolve();
      process.kill(server.pid ?? 0, 'SIGSTOP');
      await once(signal, 'abort');
      process.kill(server.pid ?? 0, 'SIGCONT');
      aborted.resolve(signal.reason);
      throw new Error('aborted');
    });
    await queues.wake(aRef('a'), 'tp-sl', 'event', 'event');
    await expect(aborted.promise).resolves.toMatchObject({
      message: expect.stringContaining('was not renewed in time'),
    });
    await queues.wake(aRef('a'), 'tp-sl', 'event', 'event');
    await again.promise;
  },
  20_000,
);

test('the monitor of a worker that was killed is checked again within 5 s', async () => {
  const { server, queues } = await aQueue();
  const child = spawn(process.execPath, [HANGING_WORKER, server.url], { stdio: ['ignore', 'pipe', 'inherit'] });
  await queues.wake(aRef('a'), 'tp-sl', 'sweep', 'due');
  await once(child.stdout, 'data'); // it has the job
  await queues.wake(aRef('a'), 'tp-sl', 'event', 'event');
  child.kill('SIGKILL');
  const killedAtMs = performance.now();

  const causes: string[] = [];
  const both = Promise.withResolvers<void>();
  aWorker(server, async ({ data }) => {
    causes.push(data.cause);
    if (causes.length === 2) both.resolve();
  });
  await both.promise;
  expect(performance.now() - killedAtMs).toBeLessThan(5_000);
  expect(causes).toEqual(['due', 'event']);
}, 20_000);

test('it makes as many checks at once as it was told, and closing waits for all of them', async () => {
  const { server, queues } = await aQueue();
  const gate = Promise.withResolvers<void>();
  const full = Promise.withResolvers<void>();
  let running = 0;
  const begun: string[] = [];
  const worker = checkWorker(
    server.url,
    'tp-sl',
    async ({ data }) => {
      begun.push(data.monitorId);
      running += 1;
      if (running === 12) full.resolve();
      await gate.promise;
      running -= 1;
    },
    { concurrency: 12 },
  );
  open.push(worker);
  const monitors = Array.from({ length: 20 }, (_, at) => `m${at}`);
  await queues.wakeMany(monitors.map(aRef), 'tp-sl');
  await full.promise;
  expect(await queues.depths()).toMatchObject({ 'tp-sl': { active: 12, sweeps: 8 } });

  const closed = worker.close();
  gate.resolve();
  await closed;
  expect([running, begun.length, new Set(begun).size]).toEqual([0, 12, 12]);
});

test('closing lets a running check end, and aborts one that takes longer than its grace', async () => {
  const { server, queues } = await aQueue();
  const started = Promise.withResolvers<void>();
  const reasons: unknown[] = [];
  const worker = aWorker(server, async (_run, _token, signal) => {
    started.resolve();
    await once(signal, 'abort');
    reasons.push(signal.reason);
  });
  await queues.wake(aRef('a'), 'tp-sl', 'event', 'event');
  await started.promise;
  await worker.close(50);
  expect(reasons).toMatchObject([{ message: 'the worker is closing' }]);
  await expect(queues.depths()).resolves.toMatchObject({ 'tp-sl': { active: 0, waiting: 0 } });
});

test('a queue and a worker that start before Redis work once it is there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'backstop-late-'));
  const socket = join(folder, 'redis.sock');
  const url = `unix://${socket}`;
  const queues = openQueues(url);
  open.push(queues);
  await expect(queues.wake(aRef('a'), 'tp-sl', 'event', 'event')).rejects.toThrow('not connected to Redis');
  const ran = Promise.withResolvers<string>();
  aWorker({ url }, async ({ data }) => ran.resolve(data.monitorId));

  const late = spawn('redis-server', ['--port', '0', '--unixsocket', socket, '--dir', folder, '--save', '']);
  open.unshift({
    [Symbol.asyncDispose]: async () => {
      late.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  });
  await queues.ready();
  await queues.wake(aRef('b'), 'tp-sl', 'event', 'event');
  await expect(ran.promise).resolves.toBe('b');
}, 20_000);

test.skipIf(isShared)(
  'connections that break are made again, on both sides',
  async () => {
    const { server, queues } = await aQueue();
    const ran = Promise.withResolvers<string>();
    const worker = aWorker(server, async ({ data }) => ran.resolve(data.monitorId));
    await worker.ready();
    await server.redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await expect
      .poll(
        () =>
          queues.wake(aRef('a'), 'tp-sl', 'event', 'event').then(
            () => 'sent',
            () => 'refused',
          ),
        { timeout: 5_000 },
      )
      .toBe('sent');
    await expect(ran.promise).resolves.toBe('a');
  },
  20_000,
);

const HANGING_WORKER = fileURLToPath(new URL('fixtures/hanging-worker.ts', import.meta.url));

async function aQueue(): Promise<{ server: TestRedis; queues: Queues }> {
  const server = await startRedis();
  open.push(server);
  const queues = openQueues(server.url);
  open.push(queues);
  await queues.ready();
  return { server, queues };
}

function aWorker(
  server: Pick<TestRedis, 'url'>,
  processor: CheckProcessor,
  onError: (error: Error) => void = () => undefined,
): CheckWorker {
  const worker = checkWorker(server.url, 'tp-sl', processor, { concurrency: 1, name: 'test', onError });
  open.push(worker);
  return worker;
}

function aRef(monitorId: string): MonitorRef {
  return { account: 'main', symbol: 'BTCUSDT', positionIdx: 0, monitorId };
}
