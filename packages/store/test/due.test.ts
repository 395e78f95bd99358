import { expect, test } from 'vitest';
import {
  accountKeys,
  BUCKETS,
  bucketOf,
  countDue,
  oldestChecked,
  openRound,
  takeDue,
  touchChecked,
} from '../src/index.ts';
import { accept, nextMs, redisMs, REF, useRedis } from './account.ts';

const redis = useRedis();
const bucket = bucketOf(REF.account);
const due = accountKeys(REF.account).due('tp-sl');
const refs = Array.from({ length: 10 }, (_, index) => ({ ...REF, symbol: `S${index}`, monitorId: `m${index}` }));

test('takes the longest due first, up to the limit, and each is due again after the lease', async () => {
  await accept(redis(), ...refs);
  await redis().zadd(due, 5, 'main|S7|0|m7', 6, 'main|S3|0|m3');
  const before = await redisMs(redis());

  expect(await takeDue(redis(), bucket, 'tp-sl', { limit: 2 })).toEqual([refs[7], refs[3]]);
  expect(Number(await redis().zscore(due, 'main|S7|0|m7')) - before).toBeGreaterThanOrEqual(15_000);
  expect(await countDue(redis(), bucket, 'tp-sl')).toBe(8);
});

test('many takers share the due monitors without taking one twice', async () => {
  await accept(redis(), ...refs);
  const taken = await Promise.all(Array.from({ length: 8 }, () => takeDue(redis(), bucket, 'tp-sl', { limit: 3 })));
  expect(
    taken
      .flat()
      .map(({ monitorId }) => monitorId)
      .toSorted(),
  ).toEqual(refs.map(({ monitorId }) => monitorId));
});

test('a monitor that was taken and not checked is due again when the lease ends', async () => {
  await accept(redis(), REF);
  await takeDue(redis(), bucket, 'tp-sl', { limit: 5, leaseMs: 20 });
  expect(await takeDue(redis(), bucket, 'tp-sl', { limit: 5 })).toEqual([]);
  await expect.poll(() => takeDue(redis(), bucket, 'tp-sl', { limit: 5 }), { interval: 5 }).toEqual([REF]);
});

test('a lane takes its own due monitors only', async () => {
  await accept(redis(), REF);
  await takeDue(redis(), bucket, 'tp-sl', { limit: 5 });
  expect(await takeDue(redis(), bucket, 'limit-order', { limit: 5 })).toEqual([REF]);
});

test('a round makes every monitor due within its jitter, spread, and none later than it was', async () => {
  await accept(redis(), ...refs);
  for (const ref of refs)
    await takeDue(redis(), bucket, 'tp-sl', { limit: 1, leaseMs: 60_000 + Number(ref.monitorId.slice(1)) });
  await redis().zadd(due, 5, 'main|S0|0|m0');

  const before = await redisMs(redis());
  expect(await openRound(redis(), bucket, 1_000)).toBe(10);
  const scores = await Promise.all(
    refs.map(async (_, n) => Number(await redis().zscore(due, `main|S${n}|0|m${n}`)) - before),
  );
  expect(scores[0]).toBe(5 - before);
  for (const score of scores) expect(score).toBeLessThan(1_050);
  expect(new Set(scores).size).toBe(10);
});

test('a round leaves a lane alone in which a monitor is not due at all', async () => {
  await accept(redis(), REF);
  await takeDue(redis(), bucket, 'limit-order', { limit: 1 });
  await touchChecked(redis(), REF, 'limit-order', { dueInMs: undefined });
  await openRound(redis(), bucket, 0);
  expect(await countDue(redis(), bucket, 'limit-order')).toBe(0);
});

test('the oldest check is that of the monitor which waits longest', async () => {
  expect(await oldestChecked(redis(), bucket)).toEqual({ count: 0 });
  const [first = REF, second = REF] = refs;
  await accept(redis(), first, second);
  await nextMs(redis());
  await touchChecked(redis(), first, 'tp-sl', { dueInMs: 1_000 });
  expect(await oldestChecked(redis(), bucket)).toMatchObject({ member: second, count: 2 });
});

test('accounts spread over the buckets, the same way each time', () => {
  const used = new Set(Array.from({ length: 200 }, (_, index) => bucketOf(`account-${index}`)));
  expect(used.size).toBe(BUCKETS);
  expect(bucketOf('main')).toBe(bucketOf('main'));
});
