import { expect, test } from 'vitest';
import { abandonFlight, beginFlight, cancelFlight, endFlight } from '../src/index.ts';
import { REF, redisMs, useRedis } from './account.ts';

const redis = useRedis();

test('F-34 a read that succeeds without rows forgets the failures before it: the next back-off is the first again', async () => {
  expect((await fail()).leastMs).toBeLessThanOrEqual(250);
  expect((await fail()).mostMs).toBeGreaterThanOrEqual(500);
  await endFlight(redis(), REF.account, 'executions', { flightId: 'a' });
  expect((await fail()).leastMs).toBeLessThanOrEqual(250);
});

test('F-34 a read that ends without a word on the exchange leaves a back-off that runs, and how often reads failed, as they are', async () => {
  const own = { flightId: 'ours', ttlMs: 5_000 };
  const start = (): Promise<unknown> => beginFlight(redis(), REF.account, 'account', own);
  expect(await start()).toMatchObject({ won: true });
  await abandonFlight(redis(), REF.account, 'executions', { flightId: 'other', backoffMs: 60_000 });
  await cancelFlight(redis(), REF.account, 'account', own);
  expect(await start()).toEqual({ won: false, failedUntilMs: expect.any(Number) });
  expect((await fail()).mostMs).toBeGreaterThanOrEqual(500);
});

test('a read that ends without a word on the exchange lets the next one begin, and hands over who waited, once', async () => {
  const own = { flightId: 'ours', ttlMs: 5_000 };
  const waiter = { ref: REF, lane: 'tp-sl' } as const;
  await beginFlight(redis(), REF.account, 'account', own);
  await beginFlight(redis(), REF.account, 'account', { flightId: 'other', ttlMs: 5_000, waiter });
  expect(await cancelFlight(redis(), REF.account, 'account', { flightId: 'other' })).toEqual([waiter]);
  expect(await beginFlight(redis(), REF.account, 'account', own)).toHaveProperty('holderUntilMs');

  expect(await cancelFlight(redis(), REF.account, 'account', own)).toEqual([]);
  expect(await beginFlight(redis(), REF.account, 'account', own)).toMatchObject({ won: true });
});

/** How long reads of the account rest after one more failure; Redis judges between the two moments that it is measured from. */
async function fail(): Promise<{ leastMs: number; mostMs: number }> {
  const before = await redisMs(redis());
  const { failedUntilMs } = await abandonFlight(redis(), REF.account, 'executions', { flightId: 'a', why: 'test' });
  const after = await redisMs(redis());
  return { leastMs: failedUntilMs - after, mostMs: failedUntilMs - before };
}
