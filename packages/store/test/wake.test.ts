import { QUEUE_PREFIX, openQueues, type CheckJob, type MonitorRef, type Queues } from '../src/index.ts';
import { Worker, type Job } from 'bullmq';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { CHECK_WORKER_OPTIONS } from '../src/check-job.ts';
import { connectListener } from '../src/queue-connection.ts';
import { startRedis, type TestRedis } from '../testing/redis-server.ts';

let server: TestRedis;
let queues: Queues;
let hand: HandWorker;
beforeAll(async () => {
  server = await startRedis();
  queues = openQueues(server.url);
  await queues.ready();
  hand = startHandWorker();
});
afterAll(async () => {
  await hand.close();
  await queues.close();
  await server.stop();
});
beforeEach(() => server.redis.flushdb());

type Step =
  | 'event'
  | 'sweep'
  | 'take'
  | 'complete'
  | 'fail'
  | 'die'
  | 'recover'
  | 'event|take'
  | 'event|complete'
  | 'event|fail';
const STEPS: readonly Step[] = [
  'event',
  'sweep',
  'take',
  'complete',
  'fail',
  'die',
  'recover',
  'event|take',
  'event|complete',
  'event|fail',
];
const history = fc.array(fc.record({ step: fc.constantFrom(...STEPS), monitor: fc.constantFrom('a', 'b') }), {
  maxLength: 25,
});

test('in every history of wakes, runs, failures and deaths, a check starts after each event', async () => {
  await fc.assert(
    fc.asyncProperty(history, async (steps) => {
      await server.redis.flushdb();
      const world = new World();
      for (const { step, monitor } of steps) await world.play(step, monitor);
      await world.settle();

      for (const [monitor, eventAt] of world.lastEvent)
        expect(world.lastStart.get(monitor) ?? -1).toBeGreaterThan(eventAt);
      expect(world.overlaps).toBe(0);
      await expect(queues.depths()).resolves.toMatchObject({ 'tp-sl': { waiting: 0, sweeps: 0, active: 0 } });
    }),
    { numRuns: 150 },
  );
}, 60_000);

test('an event of a monitor whose sweep waits goes before all sweeps, with the same job', async () => {
  await queues.wakeMany(['a', 'b', 'c', 'd'].map(aRef), 'tp-sl');
  await queues.wake(aRef('c'), 'tp-sl', 'event', 'event');
  await expect(takeAll()).resolves.toEqual(['c', 'a', 'b', 'd']);
});

test('events are taken in their order and before every sweep', async () => {
  await queues.wakeMany(['a', 'b'].map(aRef), 'tp-sl');
  await queues.wake(aRef('x'), 'tp-sl', 'event', 'event');
  await queues.wake(aRef('y'), 'tp-sl', 'event', 'operator');
  await expect(takeAll()).resolves.toEqual(['x', 'y', 'a', 'b']);
});

test('an event that waits keeps its place when its monitor is woken again', async () => {
  await queues.wake(aRef('x'), 'tp-sl', 'event', 'event');
  await queues.wake(aRef('y'), 'tp-sl', 'event', 'event');
  await queues.wake(aRef('x'), 'tp-sl', 'event', 'event');
  await expect(takeAll()).resolves.toEqual(['x', 'y']);
});

test('events during an active check lead to one more, and a sweep neither adds to it nor replaces it', async () => {
  await queues.wake(aRef('a'), 'tp-sl', 'sweep', 'due');
  const active = await hand.take();
  await queues.wake(aRef('a'), 'tp-sl', 'event', 'event');
  await queues.wake(aRef('a'), 'tp-sl', 'event', 'waiter');
  await queues.wakeMany([aRef('a')], 'tp-sl');
  await expect(hand.take()).resolves.toBeUndefined();

  await active?.moveToCompleted(undefined, hand.token, false);
  const next = await hand.take();
  expect(next?.data).toMatchObject({ monitorId: 'a', cause: 'waiter' });
  await next?.moveToCompleted(undefined, hand.token, false);
  await expect(hand.take()).resolves.toBeUndefined();
});

test('a sweep during an active check is dropped and told, so that nobody waits for it', async () => {
  await queues.wake(aRef('a'), 'tp-sl', 'event', 'event');
  const active = await hand.take();
  await expect(queues.wakeMany([aRef('b'), aRef('a')], 'tp-sl')).resolves.toMatchObject([{ monitorId: 'a' }]);
  await hand.take();
  await active?.moveToCompleted(undefined, hand.token, false);
  await expect(hand.take()).resolves.toBeUndefined();
});

test('the two lanes of a monitor are woken and run apart', async () => {
  await queues.wake(aRef('a'), 'limit-order', 'event', 'event');
  await expect(hand.take()).resolves.toBeUndefined();
  await expect(queues.depths()).resolves.toMatchObject({ 'limit-order': { waiting: 1 }, 'tp-sl': { waiting: 0 } });
});

test('sweeps are paced: at most twice the concurrency wait, however many jobs are active or urgent', async () => {
  await expect(queues.sweepRoom('tp-sl', 20)).resolves.toBe(40);
  await queues.wakeMany(
    Array.from({ length: 60 }, (_, index) => aRef(`m${index}`)),
    'tp-sl',
  );
  await queues.wake(aRef('urgent'), 'tp-sl', 'event', 'event');
  await expect(queues.sweepRoom('tp-sl', 20)).resolves.toBe(0);
  await expect(queues.sweepRoom('tp-sl', 35)).resolves.toBe(10);
});

test('a job carries where the monitor lives and why it is checked, and nothing else', async () => {
  const withMore = { ...aRef('a'), secret: 'x' };
  await queues.wake(withMore, 'tp-sl', 'event', 'waiter');
  const job = await hand.take();
  expect(Object.keys(job?.data ?? {}).toSorted()).toEqual([
    'account',
    'atMs',
    'cause',
    'lane',
    'monitorId',
    'positionIdx',
    'symbol',
  ]);
});

test('without Redis a wake rejects instead of being kept for later', async () => {
  const own = await startRedis();
  await using lost = openQueues(own.url);
  await lost.ready();
  await own.stop();
  await expect(lost.wake(aRef('a'), 'tp-sl', 'event', 'event')).rejects.toThrow(/closed|writeable|not connected/);
  await expect(lost.wakeMany([aRef('a')], 'tp-sl')).rejects.toThrow(/closed|writeable|not connected/);
});

/** One worker slot, played by hand, and what a history did. */
class World {
  readonly lastEvent = new Map<string, number>();
  readonly lastStart = new Map<string, number>();
  overlaps = 0;
  #clock = 0;
  readonly #running = new Map<string, Job<CheckJob>>();

  async play(step: Step, monitor: string): Promise<void> {
    const parts = step.split('|').map((part) => this.#do(part, monitor));
    await Promise.all(parts);
  }

  /** Ends what runs, and lets everything run that is still to come. */
  async settle(): Promise<void> {
    for (const monitor of this.#running.keys()) await this.#do('die', monitor);
    await hand.recover();
    for (let job = await this.#take(); job !== undefined; job = await this.#take()) await this.#do('complete', job);
  }

  async #do(step: string, monitor: string): Promise<void> {
    if (step === 'event') {
      this.lastEvent.set(monitor, (this.#clock += 1));
      await queues.wake(aRef(monitor), 'tp-sl', 'event', 'event');
    } else if (step === 'sweep') await queues.wakeMany([aRef(monitor)], 'tp-sl');
    else if (step === 'take') await this.#take();
    else if (step === 'recover') await hand.recover();
    else await this.#end(step, monitor);
  }

  async #take(): Promise<string | undefined> {
    const job = await hand.take();
    if (job === undefined) return undefined;

    const { monitorId } = job.data;
    if (this.#running.has(monitorId)) this.overlaps += 1;
    this.#running.set(monitorId, job);
    this.lastStart.set(monitorId, (this.#clock += 1));
    return monitorId;
  }

  async #end(step: string, monitor: string): Promise<void> {
    const job = this.#running.get(monitor);
    this.#running.delete(monitor);
    if (step === 'complete') await job?.moveToCompleted(undefined, hand.token, false);
    if (step === 'fail') await job?.moveToFailed(new Error('failed'), hand.token, false);
    if (step === 'die') await server.redis.del(`${QUEUE_PREFIX}:tp-sl:${job?.id}:lock`); // as if its time had run out
  }
}

interface HandWorker {
  readonly token: string;
  take(): Promise<Job<CheckJob> | undefined>;
  /** Finds jobs whose worker died: the first look notes them, the second gives them back. */
  recover(): Promise<void>;
  close(): Promise<void>;
}

function startHandWorker(): HandWorker {
  const redis = connectListener(server.url, 'hand');
  const options = {
    ...CHECK_WORKER_OPTIONS,
    connection: redis,
    prefix: QUEUE_PREFIX,
    autorun: false,
    lockDuration: 60_000,
  };
  const worker = new Worker<CheckJob>('tp-sl', null, options);
  const look = async (): Promise<void> => {
    await server.redis.del(`${QUEUE_PREFIX}:tp-sl:stalled-check`);
    await worker['moveStalledJobsToWait']();
  };
  return {
    token: 'hand',
    take: async () => (await worker.getNextJob('hand', { block: false })) as Job<CheckJob> | undefined,
    recover: async () => {
      await look();
      await look();
    },
    close: async () => {
      await worker.close();
      redis.disconnect();
    },
  };
}

async function takeAll(): Promise<readonly string[]> {
  const taken: string[] = [];
  for (let job = await hand.take(); job !== undefined; job = await hand.take()) taken.push(job.data.monitorId);
  return taken;
}

function aRef(monitorId: string): MonitorRef {
  return { account: 'main', symbol: 'BTCUSDT', positionIdx: 0, monitorId };
}
