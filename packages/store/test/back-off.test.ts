import { expect, test } from 'vitest';
import { abandonFlight, endFlight } from '../src/index.ts';
import { REF, redisMs, useRedis } from './account.ts';

const redis = useRedis();

test('F-34 a read that succeeds without rows forgets the failures before it: the next back-off is the first again', async () => {
  expect((await fail()).leastMs).toBeLessThanOrEqual(250);
  expect((await fail()).mostMs).toBeGreaterThanOrEqual(500);
  await endFlight(redis(), REF.account, 'executions', { flightId: 'a' });
  expect((await fail()).leastMs).toBeLessThanOrEqual(250);
});

/** How long reads of the account rest after one more failure; Redis judges between the two moments that it is measured from. */
async function fail(): Promise<{ leastMs: number; mostMs: number }> {
  const before = await redisMs(redis());
  const { failedUntilMs } = await abandonFlight(redis(), REF.account, 'executions', { flightId: 'a', why: 'test' });
  const after = await redisMs(redis());
  return { leastMs: failedUntilMs - after, mostMs: failedUntilMs - before };
}
