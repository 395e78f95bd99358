import type { Action } from '@backstop/core';
import { accountKeys, peekCheck, type MonitorRef } from '@backstop/store';
import { expect, test } from 'vitest';
import { marketPlan, restingPlan } from '../support/plans.ts';
import { protect } from '../support/protect.ts';
import type { Seat } from '../support/seat.ts';
import { countCalls, openLegs } from '../support/truth.ts';
import { useRig } from '../support/use-rig.ts';

/** What the desk makes of one decision's actions, request by request. */
const rig = useRig();

test('S-03 a stop that stands already (34040) is told as refused, not as set', async () => {
  const { seat, ref, check, facts } = await openPosition();
  const stands: Action = {
    type: 'set-stop',
    reason: 'again',
    budget: 'protective',
    absolute: true,
    stop: { symbol: ref.symbol, positionIdx: ref.positionIdx, triggerPrice: 90n * 10n ** 12n, triggerBy: 'LastPrice' },
  };
  const { outcomes } = await seat.desk.act(check, facts, [stands]);
  expect(outcomes).toMatchObject([{ result: 'refused', reason: 'not-modified' }]);
});

test('S-13 on unsettled rows what is absolute goes out, and what is not stays unsent', async () => {
  const { seat, ref, check, facts } = await openPosition();
  const [t1, t2] = facts.snapshot.orders.filter(({ stopOrderType }) => stopOrderType === '');
  if (t1 === undefined || t2 === undefined) throw new Error('no ladder rests');
  const common = { reason: 'test', budget: 'take-profit' } as const;
  const amend: Action = {
    ...common,
    type: 'amend',
    absolute: false,
    leg: 't1',
    amend: { symbol: ref.symbol, orderId: t1.orderId, qty: t1.qty / 2n },
  };
  const cancel: Action = {
    ...common,
    type: 'cancel',
    absolute: true,
    leg: 't2',
    cancel: { symbol: ref.symbol, orderId: t2.orderId },
  };
  const before = await rig().venue.truth();
  const { outcomes } = await seat.desk.act(check, { ...facts, dirty: true }, [amend, cancel]);
  const resultOf = (action: Action): string | undefined => outcomes.find((each) => each.action === action)?.result;
  expect({ amend: resultOf(amend), cancel: resultOf(cancel) }).toEqual({ amend: 'unsent', cancel: 'done' });
  const after = await rig().venue.truth();
  expect(countCalls(after, 'order/amend')).toBe(countCalls(before, 'order/amend'));
});

test('S-29 the intent of a request without a reply stays open, and its outcome is unknown', async () => {
  const { seat, ref, check, facts, actions } = await beforeEntry();
  await rig().venue.fault({ kind: 'reply-lost-after', endpoint: 'order/create', count: 1 });
  const { outcomes } = await seat.desk.act(check, facts, actions);
  expect(outcomes).toMatchObject([{ result: 'unknown' }]);
  expect((await peekCheck(rig().redis, ref)).intents).toMatchObject([{ type: 'create', lane: 'limit-order' }]);
});

test('S-25 an id that the exchange knows already is looked up: its order works, so the create is done', async () => {
  const { seat, ref, check, facts, actions } = await beforeEntry();
  expect((await seat.desk.act(check, facts, actions)).outcomes).toMatchObject([{ result: 'done' }]);
  expect((await seat.desk.act(check, facts, actions)).outcomes).toMatchObject([{ result: 'done' }]);
  expect(openLegs(await rig().venue.truth(), ref)).toEqual(['e1']);
  expect(await rig().redis.hlen(accountKeys('main').intents(ref.monitorId))).toBe(0);
});

test('S-25 an id that the exchange knows and whose order was cancelled is used up', async () => {
  const { seat, ref, check, facts, actions } = await beforeEntry();
  await seat.desk.act(check, facts, actions);
  const [order] = (await rig().venue.truth()).openOrders;
  await rig().venue.cancel({ ...ref, orderLinkId: order?.orderLinkId ?? '' });
  const { outcomes } = await seat.desk.act(check, facts, actions);
  expect(outcomes).toMatchObject([{ result: 'id-ended', status: 'Cancelled' }]);
});

test('S-20 a new entry is not sent once the tp-sl lane or the executions have moved on since the facts were read', async () => {
  const { seat, ref, check, facts, actions } = await beforeEntry();
  const older = { ...facts, versions: { ...facts.versions, 'tp-sl': facts.versions['tp-sl'] - 1 } };
  expect((await seat.desk.act(check, older, actions)).outcomes).toMatchObject([{ result: 'unsent' }]);

  const { executionsSeq } = facts.snapshot;
  const before = { ...facts, snapshot: { ...facts.snapshot, executionsSeq: executionsSeq - 1 } };
  expect((await seat.desk.act(check, before, actions)).outcomes).toMatchObject([{ result: 'unsent' }]);
  expect(openLegs(await rig().venue.truth(), ref)).toEqual([]);
});

test('S-33 a job whose fence another one took sends nothing at all', async () => {
  const { seat, ref, check, facts, actions } = await beforeEntry();
  await seat.facts(seat.claim(ref, 'limit-order'));
  expect((await seat.desk.act(check, facts, actions)).outcomes).toMatchObject([{ result: 'unsent' }]);
  expect(countCalls(await rig().venue.truth(), 'order/create')).toBe(0);
});

type Decided = {
  seat: Seat;
  ref: MonitorRef;
  check: ReturnType<Seat['claim']>;
  facts: Awaited<ReturnType<Seat['facts']>>;
};

async function openPosition(): Promise<Decided> {
  const seat = await rig().seat();
  const ref = await rig().accept(marketPlan('main', 0));
  await protect(rig(), [seat], ref, { legs: ['t1', 't2'] });
  const check = seat.claim(ref);
  return { seat, ref, check, facts: await seat.facts(check) };
}

/** Facts and the one create that they want, not sent yet. */
async function beforeEntry(): Promise<Decided & { actions: readonly Action[] }> {
  const seat = await rig().seat();
  const ref = await rig().accept(restingPlan('main', 0));
  const check = seat.claim(ref, 'limit-order');
  const facts = await seat.facts(check);
  const actions = seat.wanted(check, facts);
  expect(actions).toMatchObject([{ type: 'create', leg: 'e1' }]);
  return { seat, ref, check, facts, actions };
}
