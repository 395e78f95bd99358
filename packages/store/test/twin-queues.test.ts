import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CheckProcessor } from '../src/index.ts';
import type { Gate } from '../testing/twin/connection.ts';
import { openTwinQueues, type TwinQueues } from '../testing/twin-queues/open-twin-queues.ts';
import type { TwinWorker } from '../testing/twin-queues/twin-worker.ts';
import { aRef } from './twin-queues-sides.ts';

const HANG: CheckProcessor = async (_run, _token, signal) => {
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
};

const FAIL: CheckProcessor = () => Promise.reject(new Error('broken'));
/** Everything arrives, and no reply comes back. */
const DEAF: Gate = async (_command, run) => {
  run();
  throw new Error('no reply');
};
/** Everything arrives but the renewal of locks. */
const NO_RENEWAL: Gate = async (command, run) => {
  if (command === 'extendLocks') throw new Error('no reply');
  return run();
};

let twin: TwinQueues;
beforeEach(() => {
  vi.useFakeTimers();
  twin = openTwinQueues({ nowMs: Date.now });
});
afterEach(() => void vi.useRealTimers());

test("each run's token is its own: slot, job and attempt", async () => {
  const tokens: string[] = [];
  const killed = twin.worker('tp-sl', HANG, { concurrency: 1 });
  await event('a');
  await pass(0);
  killed.kill();
  twin.worker('tp-sl', async (_run, token) => void tokens.push(token), { concurrency: 1 });
  await event('b');
  await pass(4_000);
  expect(tokens).toEqual(['twin-worker-2:0:twin-job-2:1', expect.stringMatching(/^twin-worker-2:\d+:twin-job-1:2$/)]);
  expect(twin.counts).toEqual({ completed: 2, failed: 0, stalled: 1 });
});

test('a check is aborted after 10 s, up to which its lock is renewed', async () => {
  const aborts: [number, unknown][] = [];
  const openedAtMs = Date.now();
  const slow: CheckProcessor = async (run, token, signal) => {
    await HANG(run, token, signal);
    aborts.push([Date.now() - openedAtMs, String(signal.reason)]);
  };
  twin.worker('tp-sl', slow, { concurrency: 1 });
  await event('a');
  await pass(10_000);
  expect(aborts).toEqual([[10_000, 'TimeoutError: The operation was aborted due to timeout']]);
  expect(twin.counts).toEqual({ completed: 1, failed: 0, stalled: 0 });
});

test('a check whose lock cannot be renewed is aborted when the lock may have run out', async () => {
  const aborts: [number, unknown][] = [];
  const openedAtMs = Date.now();
  const report: CheckProcessor = async (run, token, signal) => {
    await HANG(run, token, signal);
    aborts.push([Date.now() - openedAtMs, String(signal.reason)]);
  };
  twin.worker('tp-sl', report, { concurrency: 1, gate: NO_RENEWAL });
  await event('a');
  await pass(3_000);
  expect(aborts[0]).toEqual([2_250, 'Error: the lock of this check may be lost: it was not renewed in time']);
});

test('a worker that goes on after a stop of 3 s aborts its check before anything else', async () => {
  const story: string[] = [];
  const report: CheckProcessor = async (run, token, signal) => {
    await HANG(run, token, signal);
    story.push(String(signal.reason));
  };
  const worker = twin.worker('tp-sl', report, { concurrency: 1, onError: ({ message }) => story.push(message) });
  await event('a');
  await pass(0);
  worker.stop();
  await pass(3_000);
  expect(story).toEqual([]);
  worker.resume();
  await pass(0);
  expect(story[0]).toBe('Error: the lock of this check may be lost: it was not renewed in time');
  expect(twin.counts.completed).toBe(0);
});

test('a check that rejects is reported with its job and kept for a day', async () => {
  const reported: unknown[] = [];
  const onError = (error: Error, jobId?: string): void => void reported.push([error.message, jobId]);
  const worker = twin.worker('tp-sl', FAIL, { concurrency: 1, onError });
  await event('a');
  await pass(0);
  expect(reported).toEqual([['broken', 'twin-job-1']]);
  await expect(twin.queues().depths()).resolves.toMatchObject({ 'tp-sl': { failed: 1, active: 0 } });

  worker.kill();
  await pass(86_399_000);
  await expect(twin.queues().cleanQueues()).resolves.toBe(0);
  await pass(1_000);
  await expect(twin.queues().cleanQueues()).resolves.toBe(1);
});

test('closing lets a running check end, and aborts one that takes longer than its grace', async () => {
  const worker = twin.worker('tp-sl', HANG, { concurrency: 1 });
  await event('a');
  await event('b');
  await pass(0);
  const closed = worker.close(50);
  await pass(49);
  await expect(twin.queues().depths()).resolves.toMatchObject({ 'tp-sl': { active: 1, waiting: 1 } });
  await pass(1);
  await closed;
  await expect(twin.queues().depths()).resolves.toMatchObject({ 'tp-sl': { active: 0, waiting: 1 } });
  expect(vi.getTimerCount()).toBe(0);
});

test('a killed worker leaves no timer, and what it still does reaches nobody', async () => {
  const ends = Promise.withResolvers<void>();
  const worker = twin.worker('tp-sl', () => ends.promise, { concurrency: 1 });
  await event('a');
  await pass(0);
  worker.kill();
  ends.resolve();
  await pass(5_000);
  expect(vi.getTimerCount()).toBe(0);
  expect(twin.counts.completed).toBe(0);
  await expect(twin.queues().depths()).resolves.toMatchObject({ 'tp-sl': { active: 1 } });
});

test('a worker asks again for what a broken connection has kept from it', async () => {
  let isBroken = true;
  const gate: Gate = async (_command, run) => {
    if (isBroken) throw new Error('ECONNRESET');
    return run();
  };
  const onError = vi.fn<(error: Error) => void>();
  const seen: string[] = [];
  await event('a');
  twin.worker('tp-sl', async ({ data }) => void seen.push(data.monitorId), { concurrency: 1, gate, onError });
  await pass(600);
  expect(onError).toHaveBeenCalledWith(expect.objectContaining({ message: 'ECONNRESET' }));
  isBroken = false;
  await pass(500);
  expect(seen).toEqual(['a']);
});

test('a sender rejects what its connection does not bring back, and everything once it is closed', async () => {
  await expect(twin.queues(DEAF).wake(aRef('a'), 'tp-sl', 'event', 'event')).rejects.toThrow('no reply');
  await expect(twin.queues().depths()).resolves.toMatchObject({ 'tp-sl': { waiting: 1 } });

  const closed = twin.queues();
  await closed.close();
  await expect(closed.sweepRoom('tp-sl', 1)).rejects.toThrow('closed');
});

type Step = (typeof STEPS)[number];
const STEPS = ['event', 'event', 'sweep', 'end', 'fail', 'start', 'kill', 'stop', 'resume', 'pass', 'pass'] as const;
const history = fc.array(
  fc.record({ step: fc.constantFrom(...STEPS), monitor: fc.constantFrom('a', 'b', 'c'), ms: fc.nat(3_000) }),
  { maxLength: 40, size: 'max' },
);

test('in every history of wakes, runs, failures and deaths of workers, a check starts after each event', async () => {
  await fc.assert(
    fc.asyncProperty(history, async (steps) => {
      const world = new World();
      for (const { step, monitor, ms } of steps) await world.play(step, monitor, ms);
      await world.settle();

      for (const [monitor, eventAt] of world.lastEvent) {
        expect(world.lastStart.get(monitor) ?? -1).toBeGreaterThan(eventAt);
      }
      expect(world.overlaps).toBe(0);
      await expect(world.queues.depths()).resolves.toMatchObject({ 'tp-sl': { waiting: 0, sweeps: 0, active: 0 } });
    }),
    { numRuns: 300, seed: 64 },
  );
}, 60_000);

interface Check {
  readonly worker: number;
  readonly monitor: string;
  readonly signal: AbortSignal;
  readonly end: PromiseWithResolvers<void>;
}

/** Workers of two slots whose checks end when they are told to, or when they are aborted. */
class World {
  readonly #twin = openTwinQueues({ nowMs: Date.now });
  readonly queues = this.#twin.queues();
  readonly lastEvent = new Map<string, number>();
  readonly lastStart = new Map<string, number>();
  overlaps = 0;
  #clock = 0;
  #isSettling = false;
  readonly #workers: TwinWorker[] = [];
  readonly #dead = new Set<number>();
  readonly #asleep = new Set<number>();
  readonly #checks = new Set<Check>();

  async play(step: Step, monitor: string, ms: number): Promise<void> {
    if (step === 'event') {
      this.lastEvent.set(monitor, (this.#clock += 1));
      await this.queues.wake(aRef(monitor), 'tp-sl', 'event', 'event');
    } else if (step === 'sweep') await this.queues.wakeMany([aRef(monitor)], 'tp-sl');
    else if (step === 'end' || step === 'fail') this.#end(step, monitor);
    else if (step === 'start') this.#start();
    else if (step !== 'pass') this.#hurt(step, ms);
    await pass(step === 'pass' ? ms : 0);
  }

  /** All but one new worker die, and everything runs. */
  async settle(): Promise<void> {
    for (const worker of this.#workers) worker.kill();
    this.#checks.clear();
    this.#isSettling = true;
    this.#start();
    await pass(10_000);
    await this.#workers.at(-1)?.close();
  }

  #start(): void {
    const worker = this.#workers.length;
    const run: CheckProcessor = async ({ data: { monitorId: monitor } }, _token, signal) => {
      this.lastStart.set(monitor, (this.#clock += 1));
      if (this.#isSettling) return;
      const check = { worker, monitor, signal, end: Promise.withResolvers<void>() };
      if ([...this.#checks].some((other) => other.monitor === monitor && this.#isAtWork(other))) this.overlaps += 1;
      this.#checks.add(check);
      signal.addEventListener('abort', () => check.end.resolve());
      await check.end.promise.finally(() => this.#checks.delete(check));
    };
    this.#workers.push(this.#twin.worker('tp-sl', run, { concurrency: 2 }));
  }

  #hurt(step: 'kill' | 'stop' | 'resume', ms: number): void {
    const at = ms % Math.max(this.#workers.length, 1);
    this.#workers[at]?.[step]();
    if (step === 'kill') this.#dead.add(at);
    if (step === 'resume') this.#asleep.delete(at);
    else this.#asleep.add(at);
  }

  #end(how: 'end' | 'fail', monitor: string): void {
    for (const { end } of [...this.#checks].filter((check) => check.monitor === monitor && this.#isAtWork(check))) {
      if (how === 'end') end.resolve();
      else end.reject(new Error('failed'));
    }
  }

  #isAtWork({ worker, signal }: Check): boolean {
    return !this.#dead.has(worker) && !this.#asleep.has(worker) && !signal.aborted;
  }
}

function event(monitor: string): Promise<void> {
  return twin.queues().wake(aRef(monitor), 'tp-sl', 'event', 'event');
}

async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}
