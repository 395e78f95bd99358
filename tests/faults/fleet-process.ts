import type { Gate } from '@backstop/store/testing';
import type { RedisServer } from './redis-server.ts';

/** A process of ours: it may be killed, or stopped for a while, at any moment at which it waits for something. */
export interface FleetProcess {
  /** What it asks of Redis, and what comes back, goes through here. */
  readonly gate: Gate;
  /** The same for any other call. */
  readonly reach: <T>(call: () => T | Promise<T>) => Promise<T>;
  readonly isAlive: () => boolean;
  /** kill -9: whatever it waits for never comes, and it sends nothing more. */
  readonly kill: () => void;
  /** SIGSTOP: what comes in waits until it goes on. */
  readonly stop: () => void;
  readonly resume: () => void;
}

/** Commands by which a monitor can become due: due times are written by scripts, and by what puts plans back. */
const MAKES_DUE = new Set(['eval', 'evalsha', 'zadd', 'multi']);

/** `onCommand` hears of commands that may have made a monitor due. */
export function openFleetProcess(redis: RedisServer, onCommand: () => void = () => undefined): FleetProcess {
  const life: { state: 'running' | 'stopped' | 'dead' } = { state: 'running' };
  const waiting: (() => void)[] = [];
  const pass = async (): Promise<void> => {
    while (life.state !== 'running') await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const reach = async <T>(call: () => T | Promise<T>): Promise<T> => {
    if (life.state !== 'running') await pass();
    try {
      return await call();
    } finally {
      if (life.state !== 'running') await pass();
    }
  };
  return {
    reach,
    gate: (command, run) => {
      if (MAKES_DUE.has(command)) onCommand();
      return reach(() => redis.carry(run));
    },
    isAlive: () => life.state !== 'dead',
    kill: () => {
      life.state = 'dead';
      waiting.length = 0;
    },
    stop: () => {
      if (life.state === 'running') life.state = 'stopped';
    },
    resume: () => {
      if (life.state !== 'stopped') return;
      life.state = 'running';
      for (const go of waiting.splice(0)) go();
    },
  };
}
