import { expect, test } from 'vitest';
import { accountKeys, readCheck, toMember, touchChecked, type MonitorRef } from '../src/index.ts';
import { accept, redisMs, REF, useRedis } from './account.ts';

const redis = useRedis();
const keys = accountKeys(REF.account);

test('checks of one turn that changed nothing are recorded by one script for their bucket, each as it said', async () => {
  const refs = ['S1', 'S2', 'S3'].map((symbol, index) => ({ ...REF, symbol, monitorId: `m${index}` }));
  await accept(redis(), ...refs);
  await Promise.all(refs.map((ref) => readCheck(redis(), ref, 'tp-sl', 'token')));
  const before = await scriptCalls();
  const waits = [5_000, 7_000, undefined];
  await Promise.all(refs.map((ref, index) => touchChecked(redis(), ref, 'tp-sl', { dueInMs: waits[index] })));

  expect((await scriptCalls()) - before).toBe(1);
  const due = await Promise.all(refs.map((ref) => redis().zscore(keys.due('tp-sl'), toMember(ref))));
  expect(Number(due[1]) - Number(due[0])).toBe(2_000);
  expect(due[2]).toBeNull();
});

test('S-33 a check that is recorded after its end leaves a lane alone that a later job has claimed', async () => {
  await accept(redis(), REF);
  await readCheck(redis(), REF, 'limit-order', 'token');
  await touchChecked(redis(), REF, 'limit-order', { dueInMs: 4_000, token: 'token' });
  expect(await dueInMs(REF)).toBeLessThanOrEqual(4_000);

  await readCheck(redis(), REF, 'limit-order', 'successor');
  await touchChecked(redis(), REF, 'limit-order', { dueInMs: undefined, token: 'token' });
  expect(await dueInMs(REF)).toBeGreaterThan(10_000); // the successor's lease
});

test('when Redis refuses, every check of the turn hears of it, and the next turn starts anew', async () => {
  await accept(redis(), REF);
  await redis().set(keys.checked, 'of the wrong type');
  const turn = ['tp-sl', 'tp-sl'] as const;
  const ends = await Promise.allSettled(turn.map((lane) => touchChecked(redis(), REF, lane, { dueInMs: 1 })));
  expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected']);

  await redis().del(keys.checked);
  await expect(touchChecked(redis(), REF, 'tp-sl', { dueInMs: 1 })).resolves.toBeUndefined();
});

async function dueInMs(ref: MonitorRef): Promise<number> {
  return Number(await redis().zscore(keys.due('limit-order'), toMember(ref))) - (await redisMs(redis()));
}

async function scriptCalls(): Promise<number> {
  const stats = await redis().info('commandstats');
  return Number(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1] ?? 0);
}
