import { LANES, type Lane } from '@backstop/core';
import {
  QUEUE_PREFIX,
  checkWorker,
  openQueues,
  type CheckProcessor,
  type CheckWorker,
  type MonitorRef,
  type QueueDepth,
  type Queues,
} from '../src/index.ts';
import type { TestRedis } from '../testing/redis-server.ts';
import { openTwinQueues } from '../testing/twin-queues/open-twin-queues.ts';

/** Queues and workers of one kind, whose checks run until they are told to end. */
export interface Side extends AsyncDisposable {
  readonly queues: Queues;
  /** Another worker. Resolves with how to close it. */
  open(lane: Lane, concurrency: number): Promise<() => Promise<void>>;
  /** Ends this monitor's check where one runs. */
  end(lane: Lane, monitor: string, how: End): void;
  /** Resolves when everything is done that can be done until the next command. */
  quiet(): Promise<Picture>;
  /** Ends all that runs or waits, in the order of its starting, then whatever came of it. Resolves with what started. */
  drain(): Promise<readonly string[]>;
}

type End = 'end' | 'fail';

/** Depths, and what runs, the longest first: `monitor cause attempt`. */
export type Picture = Readonly<Record<Lane, QueueDepth & { readonly running: readonly string[] }>>;

interface Check {
  readonly lane: Lane;
  readonly monitor: string;
  readonly text: string;
  readonly end: PromiseWithResolvers<void>;
}

/** The checks that run, by job. */
class Checks {
  readonly running = new Map<string, Check>();
  /** How many have started so far. */
  started = 0;
  readonly #capacity: Record<Lane, number> = { 'tp-sl': 0, 'limit-order': 0 };

  hold(lane: Lane, concurrency: number): CheckProcessor {
    this.#capacity[lane] += concurrency;
    return async (run, token) => {
      const { monitorId, cause } = run.data;
      const end = Promise.withResolvers<void>();
      const text = `${monitorId} ${cause} ${token.slice(token.lastIndexOf(':') + 1)}`;
      this.started += 1;
      this.running.set(run.id, { lane, monitor: monitorId, text, end });
      await end.promise;
    };
  }

  end(lane: Lane, monitor: string, how: End): void {
    for (const [id, check] of this.running) {
      if (check.lane !== lane || check.monitor !== monitor) continue;

      this.running.delete(id);
      if (how === 'end') check.end.resolve();
      else check.end.reject(new Error('failed'));
    }
  }

  of(lane: Lane): readonly string[] {
    return [...this.running.values()].filter((check) => check.lane === lane).map(({ monitor }) => monitor);
  }

  release(lane: Lane, concurrency: number): void {
    this.#capacity[lane] -= concurrency;
  }

  /** Every active job's check has started, and nothing waits beside a free slot. */
  isQuiet(depths: Readonly<Record<Lane, QueueDepth>>): boolean {
    return LANES.every((lane) => {
      const { waiting, sweeps, active } = depths[lane];
      return active === this.of(lane).length && (waiting + sweeps === 0 || active === this.#capacity[lane]);
    });
  }
}

const NEVER_QUIET_MS = 60_000;

/**
 * BullMQ on a real Redis. Sender and workers have connections of their own, so depths may have been counted before a check ended
 * and be heard after the next one has started: as many run as were active, and yet they are not the same. Depths tell of what runs
 * only where nothing has started since they were asked for.
 */
export function realSide(server: TestRedis): Side {
  const queues = openQueues(server.url);
  const checks = new Checks();
  const takenIn = async (lane: Lane): Promise<readonly string[]> =>
    (await server.redis.lrange(`${QUEUE_PREFIX}:${lane}:active`, 0, -1)).toReversed();
  const settle = async (): Promise<Readonly<Record<Lane, QueueDepth>>> => {
    const deadlineMs = performance.now() + NEVER_QUIET_MS;
    for (;;) {
      const { started } = checks;
      const depths = await queues.depths();
      if (checks.started === started && checks.isQuiet(depths)) return depths;
      if (performance.now() > deadlineMs) throw new Error(`never quiet: ${JSON.stringify(depths)}`);
    }
  };
  const quiet = async (): Promise<Picture> => {
    const depths = await settle();
    const [tpSl, limitOrder] = await Promise.all([takenIn('tp-sl'), takenIn('limit-order')]);
    return picture(depths, checks, { 'tp-sl': tpSl, 'limit-order': limitOrder });
  };
  return sideOf({ queues, checks, quiet }, (lane, processor, concurrency) =>
    checkWorker(server.url, lane, processor, { concurrency }),
  );
}

/** The twin, while no time goes by. */
export function twinSide(): Side {
  const twin = openTwinQueues({ nowMs: () => 0 });
  const queues = twin.queues();
  const checks = new Checks();
  const quiet = async (): Promise<Picture> => {
    await new Promise(setImmediate);
    const depths = await queues.depths();
    if (!checks.isQuiet(depths)) throw new Error(`not quiet at once: ${JSON.stringify(depths)}`);
    const ids = [...checks.running.keys()]; // in memory they start in the order in which they are taken
    const idsOf = (lane: Lane): readonly string[] => ids.filter((id) => checks.running.get(id)?.lane === lane);
    return picture(depths, checks, { 'tp-sl': idsOf('tp-sl'), 'limit-order': idsOf('limit-order') });
  };
  return sideOf({ queues, checks, quiet }, (lane, processor, concurrency) =>
    twin.worker(lane, processor, { concurrency }),
  );
}

export function aRef(monitorId: string): MonitorRef {
  return { account: 'main', symbol: 'BTCUSDT', positionIdx: 0, monitorId };
}

interface Parts {
  readonly queues: Queues;
  readonly checks: Checks;
  readonly quiet: () => Promise<Picture>;
}

function sideOf(
  { queues, checks, quiet }: Parts,
  openWorker: (lane: Lane, processor: CheckProcessor, concurrency: number) => CheckWorker,
): Side {
  const open: CheckWorker[] = [];
  return {
    queues,
    quiet,
    open: async (lane, concurrency) => {
      const worker = openWorker(lane, checks.hold(lane, concurrency), concurrency);
      open.push(worker);
      await worker.ready();
      return async () => {
        checks.release(lane, concurrency);
        await worker.close();
      };
    },
    end: (lane, monitor, how) => checks.end(lane, monitor, how),
    drain: () => drain(checks, quiet),
    [Symbol.asyncDispose]: async () => {
      for (const { lane, monitor } of checks.running.values()) checks.end(lane, monitor, 'end');
      await Promise.all(open.map((worker) => worker.close()));
      await queues.close();
    },
  };
}

async function drain(checks: Checks, quiet: () => Promise<Picture>): Promise<readonly string[]> {
  const started: string[] = [];
  for (let { 'tp-sl': tpSl, 'limit-order': limitOrder } = await quiet(); ;) {
    const lane = tpSl.active > 0 ? 'tp-sl' : 'limit-order';
    const [first] = (lane === 'tp-sl' ? tpSl : limitOrder).running;
    if (first === undefined) return started;

    started.push(`${lane} ${first}`);
    checks.end(lane, first.slice(0, first.indexOf(' ')), 'end');
    ({ 'tp-sl': tpSl, 'limit-order': limitOrder } = await quiet());
  }
}

function picture(
  depths: Readonly<Record<Lane, QueueDepth>>,
  { running }: Checks,
  taken: Readonly<Record<Lane, readonly string[]>>,
): Picture {
  const of = (lane: Lane): Picture[Lane] => ({
    ...depths[lane],
    running: taken[lane].map((id) => running.get(id)?.text ?? id),
  });
  return { 'tp-sl': of('tp-sl'), 'limit-order': of('limit-order') };
}
