import { fork } from 'node:child_process';
import { on, once } from 'node:events';
import type { MonitorRef } from '@backstop/store';
import type { SeatParts } from './seat.ts';

const PROGRAM = new URL('stopped-seat.ts', import.meta.url).pathname;

/** What the process is started with. */
export interface Setup extends Pick<SeatParts, 'redisUrl' | 'venue'> {
  /** Whether its requests take their budget anew on a late departure. */
  readonly renews: boolean;
}

export type ToSeat = { readonly ref: MonitorRef; readonly isHeld: boolean } | 'go on';

/** A worker in miniature, in a process that can be stopped (SIGSTOP) in the moment that matters. */
export interface StoppedProcess extends AsyncDisposable {
  /** Checks a monitor's limit-order lane until it has budget for its orders: then the process is stopped, and it resolves. */
  readonly stopWithGrant: (ref: MonitorRef) => Promise<void>;
  /** Lets it run on; resolves when that check has ended. */
  readonly runOn: () => Promise<void>;
  /** One check without a stop. */
  readonly check: (ref: MonitorRef) => Promise<void>;
}

export async function startStoppedProcess(setup: Setup): Promise<StoppedProcess> {
  const child = fork(PROGRAM, [JSON.stringify(setup)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const send = (message: ToSeat): void => void child.send(message);
  const hears = async (wanted: string): Promise<void> => {
    for await (const [message] of on(child, 'message', { close: ['exit'] })) if (message === wanted) return;
    throw new Error(`it ended before it was ${wanted}`);
  };
  await hears('ready');
  return {
    stopWithGrant: async (ref) => {
      const granted = hears('granted');
      send({ ref, isHeld: true });
      await granted;
      child.kill('SIGSTOP');
      send('go on');
    },
    runOn: async () => {
      const checked = hears('checked');
      child.kill('SIGCONT');
      await checked;
    },
    check: async (ref) => {
      const checked = hears('checked');
      send({ ref, isHeld: false });
      await checked;
    },
    [Symbol.asyncDispose]: async () => {
      const exited = once(child, 'exit');
      if (child.exitCode === null && child.kill('SIGKILL')) await exited;
    },
  };
}
