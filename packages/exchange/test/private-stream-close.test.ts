import { getEventListeners } from 'node:events';
import { expect, test, vi } from 'vitest';
import { AUTHENTICATED, inPlayedTime, later, type PlayedStream, SUBSCRIBED } from './played-stream.ts';
import { wireFrame } from './wire-frames.ts';

const open = inPlayedTime();

test.each<readonly [string, (stream: PlayedStream) => Promise<void> | void]>([
  ['it connects', () => undefined],
  ['it signs in', ({ socket }) => socket().opened()],
  ['it is ready', ({ becomeReady }) => becomeReady()],
  [
    'frames wait to be told',
    ({ becomeReady, socket }) => {
      becomeReady();
      socket().received(wireFrame('order', []));
    },
  ],
  [
    'it backs off',
    async ({ socket }) => {
      socket().ended({ why: 'gone' });
      await later(0);
    },
  ],
])('closed while %s, a stream ends and tells nothing more', async (_name, play) => {
  const stream = await open();
  await play(stream);
  const told = [...stream.told];
  stream.close();
  stream.close();
  const { opened: wasOpened, received, ended } = stream.socket();
  wasOpened();
  received(SUBSCRIBED);
  received(wireFrame('order', []));
  ended({ why: 'gone' });
  await later(0);
  expect(vi.getTimerCount()).toBe(0);
  await later(120_000);
  expect(stream.told).toEqual(told);
  expect(stream.sockets).toHaveLength(1);
  expect(stream.socket().isTerminated()).toBe(true);
});

test('closed while it waits for admission, a stream fires the signal and never connects', async () => {
  const signals: AbortSignal[] = [];
  const turn = Promise.withResolvers<void>();
  const stream = await open({
    admit: (signal) => {
      signals.push(signal);
      return turn.promise;
    },
  });
  stream.close();
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  turn.resolve();
  await later(60_000);
  expect([stream.sockets, stream.told]).toEqual([[], []]);
});

test('an admission that rejects because its stream was closed is no failure', async () => {
  const stream = await open({
    admit: (signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      }),
  });
  stream.close();
  await later(60_000);
  expect([stream.admissions(), stream.told]).toEqual([1, []]);
});

test('attempts leave no listeners behind on the signal that ends them', async () => {
  const listeners: number[] = [];
  const stream = await open({
    admit: async (signal) => {
      listeners.push(getEventListeners(signal, 'abort').length);
    },
  });
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    stream.becomeReady();
    stream.socket().ended({ why: 'gone' });
    await later(5_000);
  }
  expect(listeners).toEqual([0, 0, 0, 0]);
});

test.each([
  ['ready', ['ready']],
  ['frames', ['ready', 'frames']],
  ['down', ['ready', 'frames', 'down']],
])('a stream may be closed by its listener when it tells %s', async (when, expected) => {
  const told: string[] = [];
  const hear = (event: string): void => {
    told.push(event);
    if (event === when) stream.close();
  };
  const stream = await open({
    listener: { ready: () => hear('ready'), frames: () => hear('frames'), down: () => hear('down') },
  });
  const { opened, received, ended } = stream.socket();
  opened();
  received(AUTHENTICATED);
  received(wireFrame('order', []));
  received(SUBSCRIBED);
  ended({ why: 'gone' });
  await later(0);
  expect(vi.getTimerCount()).toBe(0);
  expect(told).toEqual(expected);
});
