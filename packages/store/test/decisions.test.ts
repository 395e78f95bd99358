import { expect, test } from 'vitest';
import { accountKeys, lastDecisions, readCheck, recordCheck, type CheckRecord } from '../src/index.ts';
import { accept, REF, TP_SL_STATE, useRedis } from './account.ts';

const redis = useRedis();

function aRecord(version: number, part: Partial<CheckRecord> = {}): CheckRecord {
  return { ref: REF, lane: 'tp-sl', token: 'token', version, state: TP_SL_STATE, events: [], dueInMs: 5_000, ...part };
}

function aSummary(version: number) {
  return {
    id: `m-t0-${version}`,
    lane: 'tp-sl',
    atMs: 5,
    outcomes: ['done'],
    raised: ['NoStop'],
    cleared: [],
  } as const;
}

test('the newest twenty decisions are kept beside the monitor, newest first, and expire after it has closed', async () => {
  const key = accountKeys(REF.account).decisions(REF.monitorId);
  await accept(redis(), REF);
  for (let version = 0; version < 25; version += 1) {
    await recordCheck(redis(), aRecord(version, { decision: {}, summary: aSummary(version + 1) }));
  }
  await recordCheck(redis(), aRecord(25));

  const kept = await lastDecisions(redis(), REF);
  expect(kept.map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, at) => aSummary(25 - at).id));
  expect(kept[0]).toEqual(aSummary(25));
  expect(await redis().ttl(key)).toBe(-1);
  await readCheck(redis(), REF, 'tp-sl', 'token');
  expect(await recordCheck(redis(), aRecord(26, { closed: true, dueInMs: undefined }))).toBe('recorded');
  expect(await redis().ttl(key)).toBeGreaterThan(0);
});

test('a record that comes too late leaves no decision behind', async () => {
  await accept(redis(), REF);
  await recordCheck(redis(), aRecord(0, { decision: {}, summary: aSummary(1) }));
  expect(await recordCheck(redis(), aRecord(0, { decision: {}, summary: aSummary(2) }))).toBe('conflict');
  expect((await lastDecisions(redis(), REF)).map(({ id }) => id)).toEqual(['m-t0-1']);
});
