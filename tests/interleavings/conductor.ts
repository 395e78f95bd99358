import { setImmediate as untilStill } from 'node:timers/promises';
import type { Gate } from '@backstop/store/testing';
import type { SteppedTime } from './stepped-time.ts';

/** One job of a worker. Held, it stops before everything that others can see of it, or that it can see of others. */
export interface Player {
  readonly gate: Gate;
  /** A request leaves, has its effect, and its reply comes back: two steps. */
  readonly send: <T>(request: () => Promise<T>) => Promise<T>;
  readonly hold: () => void;
  /** Begins; comes back when it stands before its first step. */
  readonly begin: (job: () => Promise<unknown>) => Promise<void>;
  readonly isOver: () => boolean;
  /** Lets its next step happen, and comes back when it stands before the one after it, or is over. */
  readonly step: () => Promise<void>;
}

/** How long a job may wait for a timer of its own between two steps, ms. */
const MOST_WAIT_MS = 20_000;

/** How a job's way is cut into steps. */
export interface Grain {
  /** What passes before each step, ms. */
  readonly stepMs: number;
  /** Leaves out the steps of the budget of reads, which nobody else can tell from the one after them. */
  readonly isCoarse?: boolean;
  /** Runs as a request of the job arrives at the exchange. */
  readonly onArrival?: () => Promise<void>;
}

/** Opens a player that nobody holds yet: all goes through at once. */
export function openPlayer(time: SteppedTime, { stepMs, onArrival }: Grain): Player {
  const waiting: (() => void)[] = [];
  const job = { isHeld: false, isOver: true, failed: [] as unknown[] };
  const turn = async (): Promise<void> => {
    if (job.isHeld) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const still = async (): Promise<void> => {
    await untilStill();
    for (let waited = 0; waiting.length === 0 && !job.isOver; waited += 1) {
      if (waited > MOST_WAIT_MS) throw new Error('a job waits for nothing that comes');
      time.pass(1);
      await untilStill();
    }
    for (const error of job.failed) throw error;
  };
  return {
    ...wayThrough(turn, onArrival),
    hold: () => {
      job.isHeld = true;
    },
    begin: async (run) => {
      job.isOver = false;
      const end = (): void => {
        job.isOver = true;
      };
      run().then(end, (error: unknown) => {
        job.failed.push(error);
        end();
      });
      await still();
    },
    isOver: () => job.isOver,
    step: async () => {
      if (stepMs > 0) time.pass(stepMs);
      waiting.shift()?.();
      await still();
    },
  };
}

function wayThrough(turn: () => Promise<void>, onArrival: Grain['onArrival']): Pick<Player, 'gate' | 'send'> {
  return {
    gate: async (_command, run) => {
      await turn();
      return run();
    },
    send: async (request) => {
      await turn();
      await onArrival?.();
      const reply = await request();
      await turn();
      return reply;
    },
  };
}
