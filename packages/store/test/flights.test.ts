import { expect, test } from 'vitest';
import {
  abandonFlight,
  accountKeys,
  beginFlight,
  endFlight,
  landAccount,
  landSymbol,
  openIntents,
  readCheck,
  type FlightStart,
} from '../src/index.ts';
import { accept, aPosition, redisMs, REF, useRedis } from './account.ts';

const redis = useRedis();
const keys = accountKeys(REF.account);
const MEMBER = 'main|BTCUSDT|0|aaaaaaaaaaaa';
const WAITER = { ref: REF, lane: 'tp-sl' } as const;

function begin(flightId: string, part: { ttlMs?: number; waiter?: typeof WAITER } = {}): Promise<FlightStart> {
  return beginFlight(redis(), REF.account, 'account', { flightId, ttlMs: 5_000, ...part });
}

async function landEmpty(flightId: string, startMs: number): Promise<readonly unknown[]> {
  return landAccount(redis(), REF.account, { flightId, startMs, epoch: 0, positions: [], orders: [] });
}

test('F-39 of many that want the same read exactly one does it', async () => {
  const starts = await Promise.all(Array.from({ length: 20 }, (_, index) => begin(`flight-${index}`)));
  expect(starts.filter(({ won }) => won)).toHaveLength(1);
});

test('the winner gets the start of its read and the write epoch of that moment', async () => {
  await accept(redis(), REF);
  await readCheck(redis(), REF, 'tp-sl', 'token');
  const intents = [{ id: 'i1', type: 'create', absolute: false }] as const;
  await openIntents(redis(), { ref: REF, lane: 'tp-sl', token: 'token', intents });

  const before = await redisMs(redis());
  const start = await begin('a');
  if (!start.won) throw new Error('not won');
  expect(start.epoch).toBe(1);
  expect(start.startMs).toBeGreaterThanOrEqual(before);
});

test('whoever comes second learns how long at most, and is due within 3 s should nobody land', async () => {
  await accept(redis(), REF);
  const { nowMs } = await readCheck(redis(), REF, 'tp-sl', 'token');
  await begin('a', { ttlMs: 4_000 });

  const second = await begin('b', { waiter: WAITER });
  if (second.won || !('holderUntilMs' in second)) throw new Error('expected to wait');
  expect(second.holderUntilMs - nowMs).toBeGreaterThan(3_000);
  expect(Number(await redis().zscore(keys.due('tp-sl'), MEMBER)) - nowMs).toBeLessThan(4_000);
});

test('waiting never makes a monitor due later than it was', async () => {
  await accept(redis(), REF);
  const due = await redis().zscore(keys.due('tp-sl'), MEMBER);
  await begin('a');
  await begin('b', { waiter: WAITER });
  expect(await redis().zscore(keys.due('tp-sl'), MEMBER)).toBe(due);
});

test('landing hands over each waiter once and lets the next read begin', async () => {
  await accept(redis(), REF);
  await begin('a');
  await begin('b', { waiter: WAITER });
  await begin('c', { waiter: WAITER });

  expect(await landEmpty('a', await redisMs(redis()))).toEqual([WAITER]);
  expect(await landEmpty('a', await redisMs(redis()))).toEqual([]);
  expect(await begin('d')).toMatchObject({ won: true });
});

test('when the holder dies the flight ends by itself, and its late landing does not end the next one', async () => {
  await begin('dead', { ttlMs: 20 });
  await expect.poll(() => begin('next'), { interval: 5 }).toMatchObject({ won: true });

  await landEmpty('dead', await redisMs(redis()));
  expect(await begin('third')).toMatchObject({ won: false });
});

test('the waiters of a dead holder get the next landing', async () => {
  await accept(redis(), REF);
  await begin('dead', { ttlMs: 20 });
  await begin('waiting', { waiter: WAITER });
  await expect.poll(() => begin('next'), { interval: 5 }).toMatchObject({ won: true });
  expect(await landEmpty('next', await redisMs(redis()))).toEqual([WAITER]);
});

test('a flight that was taken over is not ended by the failure of its first holder', async () => {
  await begin('dead', { ttlMs: 20 });
  await expect.poll(() => begin('next'), { interval: 5 }).toMatchObject({ won: true });
  await abandonFlight(redis(), REF.account, 'account', { flightId: 'dead' });
  expect(await redis().get(keys.flight('account'))).toBe('next');
});

test('waiters whom nobody ever fetches are forgotten', async () => {
  await accept(redis(), REF);
  await begin('a');
  await begin('b', { waiter: WAITER });
  expect(await redis().pttl(keys.waiters('account'))).toBeGreaterThan(50_000);
});

test('reads of different scopes and accounts do not wait for one another', async () => {
  await begin('a');
  const flight = { flightId: 'b', ttlMs: 5_000 };
  expect(await beginFlight(redis(), REF.account, 'symbol:BTCUSDT', flight)).toMatchObject({ won: true });
  expect(await beginFlight(redis(), REF.account, 'executions', flight)).toMatchObject({ won: true });
  expect(await beginFlight(redis(), 'mirror', 'account', flight)).toMatchObject({ won: true });
});

test('after a failure reads of the account rest, twice as long each time, up to 8 s', async () => {
  const rests: number[] = [];
  for (let count = 0; count < 7; count += 1) {
    const now = await redisMs(redis());
    const { failedUntilMs } = await abandonFlight(redis(), REF.account, 'account', { flightId: 'a' });
    rests.push(Math.round((failedUntilMs - now) / 250) * 250);
  }
  expect(rests).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 8_000]);
});

test('a rest that the exchange asked for is kept where it is longer', async () => {
  const now = await redisMs(redis());
  const { failedUntilMs } = await abandonFlight(redis(), REF.account, 'account', { flightId: 'a', backoffMs: 60_000 });
  expect(failedUntilMs - now).toBeGreaterThanOrEqual(60_000);
});

test('a failure returns the waiters, and whoever asks meanwhile is due when the rest ends', async () => {
  await accept(redis(), REF);
  await readCheck(redis(), REF, 'tp-sl', 'token');
  await begin('a');
  await begin('b', { waiter: WAITER });
  const { failedUntilMs, waiters } = await abandonFlight(redis(), REF.account, 'account', {
    flightId: 'a',
    backoffMs: 2_000,
  });

  expect(waiters).toEqual([WAITER]);
  expect(await begin('c', { waiter: WAITER })).toEqual({ won: false, failedUntilMs });
  expect(await redis().zscore(keys.due('tp-sl'), MEMBER)).toBe(`${failedUntilMs}`);
  expect((await readCheck(redis(), REF, 'tp-sl', 'token')).failedUntilMs).toBe(failedUntilMs);
});

test('a landing ends the rest and forgets the failures', async () => {
  await abandonFlight(redis(), REF.account, 'account', { flightId: 'a', backoffMs: 60_000 });
  await landEmpty('b', await redisMs(redis()));
  expect(await begin('c')).toMatchObject({ won: true });
});

test('a read of executions ends without rows and hands over its waiters', async () => {
  await accept(redis(), REF);
  const flight = { flightId: 'a', ttlMs: 5_000 };
  await beginFlight(redis(), REF.account, 'executions', flight);
  await beginFlight(redis(), REF.account, 'executions', { flightId: 'b', ttlMs: 5_000, waiter: WAITER });
  expect(await endFlight(redis(), REF.account, 'executions', flight)).toEqual([WAITER]);
  expect(await beginFlight(redis(), REF.account, 'executions', flight)).toMatchObject({ won: true });
});

test('landing one symbol hands over the waiters of that symbol only', async () => {
  await accept(redis(), REF);
  const flight = { flightId: 'a', ttlMs: 5_000 };
  const start = await beginFlight(redis(), REF.account, 'symbol:BTCUSDT', flight);
  await beginFlight(redis(), REF.account, 'symbol:BTCUSDT', { ...flight, flightId: 'b', waiter: WAITER });
  await begin('c');
  await begin('d', { waiter: { ...WAITER, lane: 'tp-sl' } });
  if (!start.won) throw new Error('not won');

  const landing = { ...start, flightId: 'a', positions: [aPosition()], orders: [] };
  expect(await landSymbol(redis(), REF.account, { ...landing, symbol: REF.symbol, idxs: [0] })).toEqual([WAITER]);
  expect(await redis().scard(keys.waiters('account'))).toBe(1);
});
