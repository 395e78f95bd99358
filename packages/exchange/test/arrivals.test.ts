import { expect, test } from 'vitest';
import { send } from '../src/bybit/send.ts';
import { departing, watched, wireTo } from './connect.ts';
import { WRITE } from './requests.ts';
import { type Answer, ok, refusal, WireServer } from './wire-server.ts';

test.each<{ readonly end: string; readonly answer: Answer }>([
  { end: 'ok', answer: () => ok({}) },
  { end: '10006', answer: () => refusal(10_006, 'Too many visits!') },
  { end: 'timeout', answer: () => undefined },
  { end: 'reset', answer: ({ socket }) => void socket.resetAndDestroy() },
])(
  'a signed request is told to have arrived once, before its report, though it ends with $end',
  async ({ end, answer }) => {
    await using server = await WireServer.start(answer);
    const arrivals: number[] = [];
    const hooks = watched(async () => departing(undefined, () => arrivals.push(hooks.reports.length)));
    const timeoutMs = { read: 3_000, write: end === 'timeout' ? 80 : 3_000 };
    await send(wireTo(server.url, { hooks, timeoutMs }), WRITE).catch(() => undefined);
    expect(arrivals).toEqual([0]);
    expect(hooks.reports).toMatchObject([{ outcome: end }]);
  },
);
