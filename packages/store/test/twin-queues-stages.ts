import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, vi } from 'vitest';
import { checkWorker, openQueues, type CheckProcessor, type Queues } from '../src/index.ts';
import { startRedis } from '../testing/redis-server.ts';
import { openTwinQueues } from '../testing/twin-queues/open-twin-queues.ts';
import type { TwinWorker } from '../testing/twin-queues/twin-worker.ts';

/** Queues, and workers of the lane tp-sl in processes that can die, on which a history is played. */
export interface Stage extends AsyncDisposable {
  readonly queues: Queues;
  /** What the workers of this process did: `monitor cause attempt` at each start, and aborts with their reasons. */
  readonly log: string[];
  /** A worker of this process. Its checks run until they are released or aborted. */
  worker(concurrency: number): void;
  release(monitor: string): void;
  /** A worker for one job at a time in a process of its own. Its checks run until they are aborted. */
  doomed(): Doomed;
  /** Resolves when as many workers as this wait for a job. */
  waiting(workers: number): Promise<void>;
  /** Resolves when it is so. */
  until(isSo: () => boolean | Promise<boolean>): Promise<void>;
  clear(): Promise<void>;
}

interface Doomed {
  kill(): void;
  stop(): void;
  resume(): void;
  /** How many jobs it has taken. */
  taken(): number;
}

const HANGING_WORKER = fileURLToPath(new URL('fixtures/hanging-worker.ts', import.meta.url));
const LIMIT_MS = 15_000;
const STEP_MS = 10;

/** BullMQ on a real Redis, in real time. */
export async function realStage(): Promise<Stage> {
  const resources = new AsyncDisposableStack();
  const server = await startRedis();
  resources.defer(() => server.stop());
  const queues = resources.use(openQueues(server.url));
  const { log, hold, release } = held();
  const waiting = async (): Promise<number> =>
    String(await server.redis.call('CLIENT', 'LIST')).match(/ flags=\w*b\w* .* cmd=bzpopmin /g)?.length ?? 0;
  return {
    queues,
    log,
    release,
    until: pollUntil,
    worker: (concurrency) => {
      const worker = checkWorker(server.url, 'tp-sl', hold, { concurrency });
      resources.defer(() => worker.close(0));
    },
    doomed: () => {
      const child = spawn(process.execPath, [HANGING_WORKER, server.url], { stdio: ['ignore', 'pipe', 'inherit'] });
      const taken: string[] = [];
      createInterface(child.stdout).on('line', (line) => taken.push(line));
      resources.defer(() => void child.kill('SIGKILL'));
      return {
        kill: () => void child.kill('SIGKILL'),
        stop: () => void child.kill('SIGSTOP'),
        resume: () => void child.kill('SIGCONT'),
        taken: () => taken.length,
      };
    },
    waiting: (workers) => pollUntil(async () => (await waiting()) === workers),
    clear: async () => void (await server.redis.flushall()),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** The twin, in virtual time. */
export async function twinStage(): Promise<Stage> {
  vi.useFakeTimers();
  const resources = new AsyncDisposableStack();
  resources.defer(() => void vi.useRealTimers());
  const twin = openTwinQueues({ nowMs: Date.now });
  const { log, hold, release } = held();
  return {
    queues: twin.queues(),
    log,
    release,
    worker: (concurrency) => resources.defer(methodsOf(twin.worker('tp-sl', hold, { concurrency })).kill),
    doomed: () => {
      let taken = 0;
      const hang: CheckProcessor = async (_run, _token, signal) => {
        taken += 1;
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      };
      const { kill, stop, resume } = methodsOf(twin.worker('tp-sl', hang, { concurrency: 1 }));
      resources.defer(kill);
      return { kill, stop, resume, taken: () => taken };
    },
    waiting: settle,
    until: async (isSo) => {
      for (let passedMs = 0; passedMs < LIMIT_MS; passedMs += STEP_MS) {
        await settle();
        if (await isSo()) return;
        await vi.advanceTimersByTimeAsync(STEP_MS);
      }
      throw new Error(`not so within ${LIMIT_MS} ms; so far: ${log.join(', ')}`);
    },
    clear: async () => twin.clear(),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function pollUntil(isSo: () => boolean | Promise<boolean>): Promise<void> {
  await expect.poll(isSo, { timeout: LIMIT_MS, interval: STEP_MS }).toBe(true);
}

async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

function held(): Pick<Stage, 'log' | 'release'> & { readonly hold: CheckProcessor } {
  const log: string[] = [];
  const running = new Map<string, () => void>();
  return {
    log,
    release: (monitor) => running.get(monitor)?.(),
    hold: async ({ data: { monitorId, cause } }, token, signal) => {
      log.push(`${monitorId} ${cause} ${token.slice(token.lastIndexOf(':') + 1)}`);
      await new Promise<void>((resolve) => {
        running.set(monitorId, resolve);
        signal.addEventListener('abort', () => {
          log.push(`${monitorId} aborted: ${String(signal.reason)}`);
          resolve();
        });
      });
    },
  };
}

function methodsOf(worker: TwinWorker): Omit<Doomed, 'taken'> {
  return { kill: () => worker.kill(), stop: () => worker.stop(), resume: () => worker.resume() };
}
