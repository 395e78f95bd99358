import { decide, LANES } from '@backstop/core';
import { limitEntry, marketEntry } from '@backstop/core/testing';
import { answerCommand } from '@backstop/maintenance/answer-command';
import {
  fromStoredDecision,
  lastDecisions,
  policyVersion,
  replayDecision,
  type Archive,
  type MonitorRef,
  type RecordedDecision,
} from '@backstop/store';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testArchive, type TestArchive } from '../support/archive.ts';
import { marketPlan, planOn } from '../support/plans.ts';
import { protect, SOON } from '../support/protect.ts';
import { openLegs } from '../support/truth.ts';
import { useRig } from '../support/use-rig.ts';

const rig = useRig();
let folder: TestArchive;
let archive: Archive;

beforeEach(async () => {
  folder = await testArchive();
  archive = await folder.open();
});
afterEach(() => folder[Symbol.asyncDispose]());

/** A long that is bought, laddered, and loses its first take-profit: what it decided on the way, as the archive has it. */
async function decided(): Promise<readonly RecordedDecision[]> {
  const plan = planOn('main', 0, { entries: [marketEntry('100'), limitEntry('e1', '100', '95')] });
  const ref = await rig().accept(plan);
  const seat = await rig().seat();
  await protect(rig(), [seat], ref, { legs: ['e1', 't1', 't2', 't3', 't4'] });
  await rig().venue.price(ref.symbol, '110');
  rig().work([seat]);
  await rig().forget(ref);
  await expect.poll(async () => openLegs(await rig().venue.truth(), ref), SOON).toEqual(['t2', 't3', 't4']);
  await rig().rest();
  return recorded(ref);
}

function deps(): Parameters<typeof answerCommand>[1] {
  return { redis: rig().redis, archive, refresh: () => Promise.resolve('') };
}

async function recorded(ref: MonitorRef): Promise<readonly RecordedDecision[]> {
  const summaries = await lastDecisions(rig().redis, ref);
  const records: RecordedDecision[] = [];
  for (const { id } of summaries) {
    const { json } = await answerCommand({ type: 'decision', id }, deps());
    const record = typeof json === 'string' ? fromStoredDecision(json) : undefined;
    if (record === undefined) throw new Error(`${id} is not in the archive`);
    records.push(record);
  }
  return records;
}

test('each decision of a run is on record with its inputs, and made again it comes to the same actions', async () => {
  const records = await decided();

  expect(records.length).toBeGreaterThanOrEqual(3);
  expect(new Set(records.map(({ lane }) => lane))).toEqual(new Set(LANES));
  expect(records.filter((record) => !replayDecision(record).same)).toEqual([]);
  expect(new Set(records.flatMap(({ actions }) => actions.map(({ type }) => type)))).toEqual(
    new Set(['set-stop', 'create', 'cancel']),
  );
  expect(new Set(records.map(({ policy }) => policy))).toEqual(new Set([policyVersion()]));
  for (const { inputs } of records) {
    expect(inputs.rows.orders.startMs).toBe(inputs.snapshot.ordersAtMs);
    expect(inputs.rows.position.endMs).toBeGreaterThanOrEqual(inputs.rows.position.startMs);
  }
});

const idle: typeof decide = (lane, snapshot, given) => ({ ...decide(lane, snapshot, given), actions: [] });

test('another plan, or other rules, come to something else, and the difference names the actions', async () => {
  const records = await decided();
  const stop = records.find(({ actions }) => actions.some(({ type }) => type === 'set-stop'));
  if (stop === undefined) throw new Error('the stop was never set');

  const { breakeven: _breakeven, ...plan } = stop.inputs.context.plan;
  const context = { ...stop.inputs.context, plan };
  const without = replayDecision({ ...stop, inputs: { ...stop.inputs, context } });
  expect(without.same).toBe(false);
  expect(without.differences).toContainEqual(expect.stringMatching(/^- set stop 100\.\d+ /));

  const dropped = replayDecision(stop, idle);
  expect(dropped.differences.filter((line) => line.startsWith('- '))).toHaveLength(stop.actions.length);
});

test('a changed condition is on record too, without an action, and made again it comes to the same conditions', async () => {
  const ref = await rig().accept(marketPlan('main', 0));
  const seat = await rig().seat();
  await protect(rig(), [seat], ref, { legs: ['t1', 't2'] });
  await rig().venue.trade({ ...ref, side: 'Sell', qty: '1', orderType: 'Limit', price: '130' });
  await rig().forget(ref);
  expect(await seat.check(ref)).toBe('changed');

  const [record] = await recorded(ref);
  if (record === undefined) throw new Error('nothing is on record');
  expect(record).toMatchObject({ actions: [], outcomes: [], conditions: { ForeignOrder: {} } });
  const [newest] = await lastDecisions(rig().redis, ref);
  expect(newest).toMatchObject({ id: record.id, raised: ['ForeignOrder'], cleared: [] });
  expect(replayDecision(record)).toEqual({ same: true, differences: [] });
  expect(replayDecision({ ...record, conditions: {} }).differences).toEqual([
    expect.stringMatching(/^\+ condition ForeignOrder: /),
  ]);
});

test('an id that nobody has given is unknown', async () => {
  const none = { type: 'decision', id: 'aaaaaaaaaaaa-t0-1' } as const;
  expect(await answerCommand(none, deps())).toEqual({ json: null });
});
