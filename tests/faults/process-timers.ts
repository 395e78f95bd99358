import { AsyncLocalStorage } from 'node:async_hooks';
import { syncBuiltinESMExports } from 'node:module';
import promises from 'node:timers/promises';

/** The event loop of one process among those of a day: nothing of it runs while it is stopped, and never again once it is dead. */
export interface ProcessLoop {
  /** Does something on behalf of the process: the timers that follow from it are the process's own. */
  readonly inside: <T>(act: () => T) => T;
  /** Has something come in: at once, or when the process goes on, in the order of arrival. */
  readonly enter: (act: () => void) => void;
  readonly stop: () => void;
  readonly resume: () => void;
  readonly kill: () => void;
}

/** The timers of a day that belong to processes. */
export interface ProcessTimers extends Disposable {
  readonly open: () => ProcessLoop;
}

/**
 * From now on a timer that was set inside a process is held while that process is stopped: like those under SIGSTOP it fires once
 * when the process goes on, however often it was due. To be opened after the day's clock and disposed of before it.
 */
export function openProcessTimers(): ProcessTimers {
  const { setTimeout: timeout, clearTimeout: noTimeout, setInterval: interval, clearInterval: noInterval } = globalThis;
  const { setTimeout: pause } = promises;
  Object.assign(globalThis, {
    setTimeout: owned(timeout),
    setInterval: owned(interval),
    clearTimeout: forgotten(noTimeout),
    clearInterval: forgotten(noInterval),
  });
  promises.setTimeout = async (...args) => {
    const owner = owners.getStore();
    const value = await pause(...args);
    await owner?.pass();
    return value;
  };
  syncBuiltinESMExports();
  return {
    open: () => new Loop(),
    [Symbol.dispose]: () => {
      Object.assign(globalThis, {
        setTimeout: timeout,
        setInterval: interval,
        clearTimeout: noTimeout,
        clearInterval: noInterval,
      });
      promises.setTimeout = pause;
      syncBuiltinESMExports();
    },
  };
}

/** Does something that is no process's: what a process asks of others is theirs to do, whatever happens to it meanwhile. */
export function outside<T>(act: () => T): T {
  return owners.exit(act);
}

const owners = new AsyncLocalStorage<Loop>();

type SetTimer = (act: () => void, ms?: number) => NodeJS.Timeout;

function owned(set: SetTimer): (act: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => NodeJS.Timeout {
  return (act, ms, ...args) => {
    const owner = owners.getStore();
    const run = (): void => act(...args);
    if (owner === undefined) return set(run, ms);
    const timer = set(() => owner.come(timer, run), ms);
    return timer;
  };
}

type ClearTimer = (timer?: NodeJS.Timeout) => void;

/** What is cleared may have been due already, and held. */
function forgotten(clear: ClearTimer): ClearTimer {
  return (timer) => {
    owners.getStore()?.forget(timer);
    clear(timer);
  };
}

class Loop implements ProcessLoop {
  #state: 'running' | 'stopped' | 'dead' = 'running';
  /** What has come while it was stopped, by the timer that it is of. */
  readonly #held = new Map<unknown, () => void>();

  readonly inside = <T>(act: () => T): T => owners.run(this, act);

  readonly enter = (act: () => void): void => this.come(Symbol('arrival'), act);

  readonly stop = (): void => {
    if (this.#state === 'running') this.#state = 'stopped';
  };

  readonly resume = (): void => {
    if (this.#state !== 'stopped') return;
    this.#state = 'running';
    for (const key of this.#held.keys()) this.#releaseLater(key);
  };

  readonly kill = (): void => {
    this.#state = 'dead';
    this.#held.clear();
  };

  come(key: unknown, act: () => void): void {
    if (this.#state === 'dead') return;
    const isFirst = this.#held.size === 0;
    this.#held.set(key, act);
    if (this.#state !== 'running') return;
    if (isFirst) this.#release(key);
    else this.#releaseLater(key); // what it waited for before comes first
  }

  forget(timer: unknown): void {
    this.#held.delete(timer);
  }

  pass(): Promise<void> {
    return new Promise((resolve) => {
      this.enter(resolve);
    });
  }

  /** Each in a turn of its own: what follows from one has happened when the next one comes. */
  #releaseLater(key: unknown): void {
    setImmediate(() => this.#release(key));
  }

  /** It may have been stopped again, or the timer cleared. */
  #release(key: unknown): void {
    const act = this.#held.get(key);
    if (act === undefined || this.#state !== 'running') return;
    this.#held.delete(key);
    this.inside(act);
  }
}
