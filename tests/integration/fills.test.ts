import { decimal, fromJson } from '@backstop/core';
import { ladder, limitEntry, marketEntry } from '@backstop/core/testing';
import {
  accountKeys,
  bucketOf,
  listActive,
  peekCheck,
  readOutbox,
  type EventRecord,
  type MonitorRef,
} from '@backstop/store';
import { expect, test } from 'vitest';
import { marketPlan, planOn } from '../support/plans.ts';
import { protect, SOON, untilProtected } from '../support/protect.ts';
import { executedByLeg, openLegs, openPosition } from '../support/truth.ts';
import { useRig } from '../support/use-rig.ts';

const rig = useRig();

async function tpSlState(ref: MonitorRef): Promise<unknown> {
  return (await peekCheck(rig().redis, ref)).states['tp-sl'].state;
}

/** What the monitors told, oldest first, as `type` and detail. */
async function events(monitorId: string): Promise<readonly (EventRecord['event']['detail'] & { type: string })[]> {
  const entries = await readOutbox(rig().redis, bucketOf('main'), '0', 10_000);
  return entries
    .filter(({ type }) => type === 'event')
    .map(({ json }) => fromJson<EventRecord>(json))
    .filter((record) => record.monitorId === monitorId)
    .map(({ event: { type, detail } }) => ({ ...detail, type }));
}

/** The actions of each decision of the tp-sl lane from line `from` on. */
function decisions(from: number): readonly (readonly string[])[] {
  return rig()
    .lines.slice(from)
    .filter(({ msg, lane }) => msg === 'monitor decided' && lane === 'tp-sl')
    .map(({ actions }) => actions as readonly string[]);
}

async function closeReasons({ monitorId }: MonitorRef): Promise<readonly unknown[]> {
  return (await events(monitorId)).filter(({ type }) => type === 'closed').map((event) => event['reason']);
}

test('S-02 a stop that a late entry fill put back is re-asserted before anything else', async () => {
  const seat = await rig().seat();
  const plan = planOn('main', 0, {
    entries: [marketEntry('100'), limitEntry('e1', '100', '95')],
    takeProfits: ladder(['110', 85], ['115', 15]),
    stopLoss: { triggerPrice: decimal('90'), triggerBy: 'MarkPrice' },
  });
  const ref = await rig().accept(plan);
  rig().work([seat]);
  await untilProtected(rig(), ref, { legs: ['e1', 't1', 't2'] });

  await rig().venue.fault({ kind: 'http-500', endpoint: 'order/cancel' }); // so that the entry outlives TP1
  await rig().venue.price(ref.symbol, '110');
  await untilProtected(rig(), ref, { legs: ['e1', 't2'], stop: '100.12' });

  const before = rig().lines.length;
  await rig().venue.price(ref.symbol, '95', '110'); // the entry fills, the stop's own price stays where it was
  expect(openPosition(await rig().venue.truth(), ref)).toMatchObject({ size: '115', stopLoss: '90' });
  await expect.poll(async () => openPosition(await rig().venue.truth(), ref)?.stopLoss, SOON).toBe('95.75');
  await expect.poll(() => decisions(before).length, SOON).toBeGreaterThan(0);
  expect(decisions(before)[0]?.[0]).toMatch(/^set stop 95\.75 /);
  expect((await rig().venue.truth()).totals.unprotectedMs).toBe(0);
});

test('executions are applied once, although two processes fetch them', async () => {
  const seats = [await rig().seat(), await rig().seat()];
  const ref = await rig().accept(marketPlan('main', 0));
  await protect(rig(), seats, ref, { legs: ['t1', 't2'] });
  await rig().venue.price(ref.symbol, '110');

  for (const seat of seats) {
    await rig().redis.hset(accountKeys('main').executed(ref.monitorId), 'seq', -1);
    await rig().forget(ref);
    expect(await seat.read(ref)).toMatchObject({ kind: 'facts' });
    expect(seat.flights['executions']).toBeGreaterThan(0);
  }
  const { executed } = await peekCheck(rig().redis, ref);
  const sums = Object.fromEntries([...executed].map(([by, { qty }]) => [by, Number(qty) / 1e12]));
  expect(sums).toEqual(executedByLeg(await rig().venue.truth(), ref));
  expect(sums).toEqual({ e0: 100, t1: 85 });
});

test('F-07 a partly filled TP1 is not done: the stop stays until the rest has filled', async () => {
  const seat = await rig().seat();
  const ref = await rig().accept(marketPlan('main', 0));
  rig().work([seat]);
  await untilProtected(rig(), ref, { legs: ['t1', 't2'] });

  await rig().venue.options({ depthNotional: '1000' });
  await rig().venue.price(ref.symbol, '110');
  await expect
    .poll(() => events(ref.monitorId), SOON)
    .toContainEqual(expect.objectContaining({ type: 'take-profit-filled', by: 't1', isFilled: 0 }));
  expect(await tpSlState(ref)).toMatchObject({ stage: 'open', filledTakeProfits: [] });
  expect(openPosition(await rig().venue.truth(), ref)?.stopLoss).toBe('90');

  await rig().venue.options({ depthNotional: '0' });
  await rig().venue.price(ref.symbol, '110.01');
  await untilProtected(rig(), ref, { legs: ['t2'], stop: '100.12' });
  expect(await tpSlState(ref)).toMatchObject({ stage: 'scaled-out', filledTakeProfits: ['t1'] });
});

test('F-12 plans end as what closed them: the stop, the last take-profit, or somebody by hand', async () => {
  const seat = await rig().seat();
  const [stopped, taken, closed] = await rig().put(
    ...[0, 1, 2].map((index) =>
      planOn('main', index, { entries: [marketEntry('100'), limitEntry('e1', '100', '95')] }),
    ),
  );
  if (stopped === undefined || taken === undefined || closed === undefined) throw new Error('not accepted');
  rig().work([seat]);
  for (const ref of [stopped, taken, closed]) {
    await untilProtected(rig(), ref, { legs: ['e1', 't1', 't2', 't3', 't4'] });
  }

  await rig().venue.price(stopped.symbol, '89');
  await rig().venue.price(taken.symbol, '126');
  await rig().venue.trade({ ...closed, side: 'Sell', qty: '100', orderType: 'Market', reduceOnly: true });
  const activeAfterALook = async (): Promise<unknown> => {
    await Promise.all([stopped, taken, closed].map((ref) => rig().forget(ref)));
    return listActive(rig().redis, 'main');
  };
  await expect.poll(activeAfterALook, { ...SOON, interval: 500 }).toEqual([]);

  expect(await closeReasons(stopped)).toEqual(['stop']);
  expect(await closeReasons(taken)).toEqual(['take-profit']);
  expect(await closeReasons(closed)).toEqual(['external']);
  const truth = await rig().venue.truth();
  expect([stopped, taken, closed].flatMap((ref) => openLegs(truth, ref))).toEqual([]);
  expect(truth.positions.filter(({ closedAtMs }) => closedAtMs === undefined)).toEqual([]);
});

test('F-06 a part that somebody closed by hand is no take-profit, and the ladder follows the size', async () => {
  const seat = await rig().seat();
  const ref = await rig().accept(marketPlan('main', 0));
  rig().work([seat]);
  await untilProtected(rig(), ref, { legs: ['t1', 't2'] });

  await rig().venue.trade({ ...ref, side: 'Sell', qty: '40', orderType: 'Market', reduceOnly: true });
  await rig().forget(ref);
  await expect
    .poll(() => events(ref.monitorId), SOON)
    .toContainEqual(expect.objectContaining({ type: 'external-change', by: 'external-out', qty: '40' }));
  await expect
    .poll(async () => {
      const { openOrders } = await rig().venue.truth();
      return openOrders.filter(({ stopOrderType }) => stopOrderType === '').map(({ leavesQty }) => leavesQty);
    }, SOON)
    .toEqual(['51', '9']);
  expect(await tpSlState(ref)).toMatchObject({ stage: 'open', filledTakeProfits: [] });
});
