import { keepInstallation, type Redis } from '@backstop/store';
import { openTwin, openTwinQueues, virtualRedis, type Gate, type TwinQueues } from '@backstop/store/testing';
import { INSTALLATION } from './worker-process.ts';

/** Where a day keeps what it knows: in the twins of Redis and of the queues, or in a real Redis and the twin of the queues. */
export interface Storage {
  readonly connect: (gate?: Gate) => Redis;
  readonly queues: TwinQueues;
  /** Everything is gone. */
  readonly lose: () => void;
  /** A reply is on its way in real time: virtual time has to wait for it. */
  readonly isBusy: () => boolean;
}

export async function openStorage(
  nowMs: () => number,
  { rewrite, real }: { readonly rewrite?: (source: string) => string; readonly real?: Redis },
): Promise<Storage> {
  const storage = real === undefined ? inMemory(nowMs, rewrite) : await onServer(nowMs, real);
  await keepInstallation(storage.connect(), INSTALLATION);
  return storage;
}

function inMemory(nowMs: () => number, rewrite?: (source: string) => string): Storage {
  const twin = openTwin({ nowMs, ...(rewrite && { rewrite }) });
  const queues = openTwinQueues({ nowMs });
  return {
    connect: (gate) => twin.connect(gate),
    queues,
    lose: () => {
      twin.clear();
      queues.clear();
    },
    isBusy: () => false,
  };
}

/** On a real server that goes by the day's clock. */
async function onServer(nowMs: () => number, real: Redis): Promise<Storage> {
  const server = virtualRedis(real);
  const queues = openTwinQueues({ nowMs });
  let clockMs = nowMs();
  let underWay = 0;
  await server.reset(clockMs);
  const setClock = (): void => {
    if (nowMs() === clockMs) return;
    clockMs = nowMs();
    void server.moveTo(clockMs);
  };
  const through = async <T>(run: () => T): Promise<T> => {
    setClock();
    underWay += 1;
    try {
      return await run();
    } finally {
      underWay -= 1;
    }
  };
  return {
    connect: (gate = async (_command, run) => run()) =>
      gated(server.connect(), (command, run) => gate(command, () => through(run))),
    queues,
    lose: () => {
      void server.reset(nowMs());
      queues.clear();
    },
    isBusy: () => underWay > 0,
  };
}

/** The same connection, whose commands go through a gate. */
function gated(redis: Redis, gate: (command: string, run: () => unknown) => Promise<unknown>): Redis {
  return new Proxy(redis, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function' || name === 'multi' || typeof name === 'symbol') return value;
      return (...args: unknown[]) => gate(name, () => Reflect.apply(value, target, args) as unknown);
    },
  });
}
