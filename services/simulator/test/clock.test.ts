import { expect, test } from 'vitest';
import { exchange, SYMBOL } from './exchange-client.ts';
import type { Exchange } from './exchange-client.ts';

const DAY_MS = 86_400_000;

/** A virtual exchange with a walk of 500 ms, whose next hours take many slices. */
async function walking(): Promise<Exchange> {
  const venue = await exchange({ clock: 'virtual' });
  await venue.sim('POST', 'walk', { stepMs: 500 });
  return venue;
}

const timeOf = async (venue: Exchange): Promise<number> => (await venue.get('market/time')).body.time;

test('a long move of the clock lets requests in between, each as of the moment reached; a second move is 409', async () => {
  await using venue = await walking();
  const startMs = await timeOf(venue);
  const untilMs = startMs + DAY_MS / 12;
  const moved = venue.sim('POST', 'clock', { advanceMs: DAY_MS / 12 });
  const [second, truth, reply] = await Promise.all([
    venue.sim('POST', 'clock', { advanceMs: 1 }),
    venue.sim('GET', 'truth'),
    venue.get('market/tickers', { category: 'linear', symbol: SYMBOL }),
  ]);
  expect(second).toEqual({ status: 409, body: { error: 'the clock is being moved' } });
  for (const time of [Number(truth.body['nowMs']), reply.body.time]) {
    expect(time).toBeGreaterThan(startMs);
    expect(time).toBeLessThan(untilMs);
  }
  expect(await moved).toEqual({ status: 200, body: { nowMs: untilMs } });
  expect(await venue.sim('POST', 'clock', { advanceMs: 1 })).toEqual({ status: 200, body: { nowMs: untilMs + 1 } });
});

async function pricesAfter(moves: readonly number[]): Promise<unknown> {
  await using venue = await walking();
  for (const advanceMs of moves) await venue.sim('POST', 'clock', { advanceMs });
  const kline = await venue.get('market/kline', { category: 'linear', symbol: SYMBOL, interval: '1' });
  return [kline.body, (await venue.sim('GET', 'truth')).body['prices']];
}

test('slices change nothing about what happens on the way', async () => {
  const inOne = await pricesAfter([600_000]);
  expect(await pricesAfter(Array.from({ length: 40 }, () => 15_000))).toEqual(inOne);
});

test('a reset stops a clock on its way, and the new one can be moved at once', async () => {
  await using venue = await walking();
  const startMs = await timeOf(venue);
  const moved = venue.sim('POST', 'clock', { advanceMs: 365 * DAY_MS });
  expect((await venue.sim('POST', 'reset')).status).toBe(200);
  expect(await moved).toMatchObject({ status: 409, body: { error: 'the clock was stopped on its way' } });
  expect((await venue.sim('POST', 'clock', { advanceMs: 5 })).body['nowMs']).toBe(startMs + 5);
});

test('an exchange that is closed while its clock is on the way does not go on', async () => {
  const venue = await walking();
  const { simulator } = venue;
  const moved = venue.sim('POST', 'clock', { advanceMs: 365 * DAY_MS }).catch(() => 'cut');
  await venue.sim('GET', 'faults');
  await venue[Symbol.asyncDispose]();
  expect(await moved).toBe('cut');
  await new Promise((resolve) => setImmediate(resolve));
  const stoppedMs = simulator.clock.nowMs();
  for (let turns = 0; turns < 5; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(simulator.clock.nowMs()).toBe(stoppedMs);
});
