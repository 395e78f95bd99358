import { createHash } from 'node:crypto';
import { setImmediate as untilStill } from 'node:timers/promises';
import type { Gate } from '@backstop/store/testing';
import type { SteppedTime } from './stepped-time.ts';

/** One job of a worker. Held, it stops before everything that others can see of it, or that it can see of others. */
export interface Player {
  readonly gate: Gate;
  /** What makes no step of its own; the job is told its reply all the same. */
  readonly aside: Gate;
  /** A request leaves, has its effect, and its reply comes back: two steps. */
  readonly send: <T>(request: () => Promise<T>, kind: 'read' | 'write') => Promise<T>;
  readonly hold: () => void;
  /** Begins; comes back when it stands before its first step. */
  readonly begin: (job: () => Promise<unknown>) => Promise<void>;
  readonly isOver: () => boolean;
  /** What its next step is; undefined = none, it is over. */
  readonly next: () => StepKind | undefined;
  /** Lets its next step happen, and comes back when it stands before the one after it, or is over. */
  readonly step: () => Promise<void>;
  /** A digest of its steps and of all that they told it: jobs of one history do the same from there on. */
  readonly history: () => string;
}

/** A command of Redis; a request that arrives at the exchange; its reply, by which others see that the request is over if it wrote. */
type StepKind = 'redis' | 'arrival' | 'reply to a read' | 'reply to a write';

/** How long a job may wait for a timer of its own between two steps, ms. */
const MOST_WAIT_MS = 20_000;

/** Opens a player that nobody holds yet: all goes through at once. */
export function openPlayer(time: SteppedTime): Player {
  const waiting: { readonly kind: StepKind; readonly goOn: () => void }[] = [];
  const job = { isHeld: false, isOver: true, failed: [] as unknown[], history: '' };
  const turn: Turn = async (kind) => {
    if (job.isHeld) await new Promise<void>((goOn) => waiting.push({ kind, goOn }));
  };
  const hear = (told: unknown): void => {
    if (!job.isHeld) return;
    const text = JSON.stringify(told) ?? '';
    job.history = createHash('sha1').update(job.history).update(text).digest('base64');
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
    ...wayThrough(turn, hear),
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
    next: () => waiting[0]?.kind,
    step: async () => {
      const next = waiting.shift();
      hear(next?.kind);
      next?.goOn();
      await still();
    },
    history: () => job.history,
  };
}

type Turn = (kind: StepKind) => Promise<void>;

function wayThrough(turn: Turn, hear: (told: unknown) => void): Pick<Player, 'gate' | 'aside' | 'send'> {
  const aside: Gate = async (_command, run) => {
    const reply = run();
    hear(reply);
    return reply;
  };
  return {
    aside,
    gate: async (command, run) => {
      if (command !== 'eval') await turn('redis'); // a script that is not known yet is loaded and run in one step
      return aside(command, run);
    },
    send: async (request, kind) => {
      await turn('arrival');
      const reply = await request();
      hear(reply);
      await turn(`reply to a ${kind}`);
      return reply;
    },
  };
}
