import { decimal } from '@backstop/core';
import { expect, test } from 'vitest';
import { accountKeys, applyExecutions, readCheck, recordCheck, type AppliedExecution } from '../src/index.ts';
import { slotOf, toMember } from '../src/monitor-ref.ts';
import { runScript } from '../src/redis.ts';
import { accept, REF, TP_SL_STATE, useRedis } from './account.ts';

const redis = useRedis();
const keys = accountKeys(REF.account);
const NOW = 1_785_312_345_678;

test('S-19 executions that are brought later with an older sequence lower that of their monitor no more', async () => {
  await accept(redis(), REF);
  await apply(aFill('newer', 20));
  await apply(aFill('older', 12));
  expect(await readCheck(redis(), REF, 'tp-sl', 'token')).toMatchObject({ executionsSeq: 20 });
});

test('S-23 a fill of a monitor whose slot another one took meanwhile wakes neither', async () => {
  const next = { ...REF, monitorId: 'bbbbbbbbbbbb' };
  await accept(redis(), next);
  await redis().hset(keys.executed(REF.monitorId), 'seq', -1);
  const before = await redis().zrange(keys.due('tp-sl'), 0, '-1', 'WITHSCORES');

  // As it was read before: the old monitor still held the slot.
  const monitor = [slotOf(REF), REF.monitorId, toMember(REF)];
  const execution = ['late', NOW, 7, '{}', 1, 1, 'e1', 1, 0, 100, 0, 0, 0];
  const scriptKeys = [keys.executionIds, keys.executionCursor, keys.outbox, keys.active];
  const dues = [keys.due('tp-sl'), keys.due('limit-order'), keys.executed(REF.monitorId)];
  const reply = await runScript(
    redis(),
    'apply-executions',
    [...scriptKeys, ...dues],
    ['', 1_000, 1, 0, ...monitor, ...execution],
  );
  expect(reply).toEqual([1, []]);
  expect(await redis().zrange(keys.due('tp-sl'), 0, '-1', 'WITHSCORES')).toEqual(before);
});

test('S-22 a plan that is accepted again begins anew: no sums, no sequence and no fence of before', async () => {
  await accept(redis(), REF);
  await apply(aFill('first', 20));
  await readCheck(redis(), REF, 'tp-sl', 'token');
  const record = { ref: REF, lane: 'tp-sl', token: 'token', version: 0, state: TP_SL_STATE, events: [] } as const;
  expect(await recordCheck(redis(), { ...record, dueInMs: undefined, closed: true })).toBe('recorded');

  await accept(redis(), REF);
  expect(await redis().hgetall(keys.executed(REF.monitorId))).toEqual({ seq: '-1' });
  expect(await redis().hgetall(keys.lane(REF.monitorId, 'tp-sl'))).toEqual({ version: '0', state: TP_SL_STATE });
});

function aFill(execId: string, seq: number): AppliedExecution {
  const part = { monitorId: REF.monitorId, by: 'e1', qty: decimal('0.5'), value: decimal('100'), fee: 0n } as const;
  return { execId, timeMs: NOW, seq, symbol: REF.symbol, parts: [part], raw: '{}' };
}

async function apply(execution: AppliedExecution): Promise<void> {
  await applyExecutions(redis(), REF.account, { executions: [execution], cursorMs: NOW });
}
