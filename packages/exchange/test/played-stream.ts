import type { PrivateFrame, StreamFailure } from '@backstop/core';
import { afterEach, beforeEach, vi } from 'vitest';
import { openPrivateStream, type PrivateStreamOptions, type StreamSocketEvents } from '../src/index.ts';
import { CREDENTIALS } from './wire-server.ts';

export const AUTHENTICATED = '{"success":true,"ret_msg":"","op":"auth","conn_id":"c"}';
export const SUBSCRIBED = '{"success":true,"ret_msg":"","conn_id":"c","op":"subscribe"}';
export const PONG = '{"op":"pong","args":["1759432560943"],"conn_id":"c"}';

/** A socket whose other end is the test. */
interface PlayedSocket extends StreamSocketEvents {
  readonly url: string;
  readonly sent: readonly string[];
  readonly isTerminated: () => boolean;
}

export type Told = 'ready' | readonly PrivateFrame[] | StreamFailure;

/** A private stream over played sockets, and what it did. */
export interface PlayedStream {
  readonly sockets: readonly PlayedSocket[];
  readonly told: readonly Told[];
  /** How often a connection was asked for. */
  readonly admissions: () => number;
  /** The socket of the present connection. */
  readonly socket: () => PlayedSocket;
  /** Lets the present connection become ready. */
  readonly becomeReady: () => void;
  readonly close: () => void;
}

export const NOW_MS = 1_759_432_560_000;

/** Lets the tests of a file run in simulated time, and each fail that leaves a timer behind; gives what opens their streams. */
export function inPlayedTime(): (options?: Partial<PrivateStreamOptions>) => Promise<PlayedStream> {
  const opened: PlayedStream[] = [];
  beforeEach(() => {
    vi.useFakeTimers({ now: NOW_MS });
  });
  afterEach(() => {
    for (const { close } of opened.splice(0)) close();
    const timers = vi.getTimerCount();
    vi.useRealTimers();
    if (timers > 0) throw new Error(`${timers} timers are left of a closed stream`);
  });
  return async (options) => {
    const stream = playStream(options);
    opened.push(stream);
    await later(0);
    return stream;
  };
}

/** Lets simulated time pass, ms, and promises run. */
export async function later(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}

function playStream(options: Partial<PrivateStreamOptions> = {}): PlayedStream {
  const sockets: PlayedSocket[] = [];
  const told: Told[] = [];
  let admissions = 0;
  const stream = openPrivateStream({
    credentials: CREDENTIALS,
    url: 'ws://exchange/v5/private',
    random: () => 0.999,
    listener: {
      ready: () => told.push('ready'),
      frames: (frames) => told.push(frames),
      down: (failure) => told.push(failure),
    },
    connect: (url) => {
      const sent: string[] = [];
      let isTerminated = false;
      return {
        listen: (events) => sockets.push({ ...events, url, sent, isTerminated: () => isTerminated }),
        send: (text) => sent.push(text),
        terminate: () => {
          isTerminated = true;
        },
      };
    },
    ...options,
    admit: async (signal) => {
      admissions += 1;
      await options.admit?.(signal);
    },
  });
  const socket = (): PlayedSocket => {
    const last = sockets.at(-1);
    if (last === undefined) throw new Error('there is no connection yet');
    return last;
  };
  return {
    sockets,
    told,
    admissions: () => admissions,
    socket,
    becomeReady: () => {
      const { opened, received } = socket();
      opened();
      received(AUTHENTICATED);
      received(SUBSCRIBED);
    },
    close: stream.close,
  };
}

/** The failures among what was told. */
export function failures(told: readonly Told[]): readonly StreamFailure[] {
  return told.filter((event): event is StreamFailure => typeof event === 'object' && 'reason' in event);
}
