import { parseOrderLinkId } from '@backstop/core';
import { accountKeys, peekCheck, type MonitorRef } from '@backstop/store';
import { describe, expect, test } from 'vitest';
import { marketPlan, restingPlan } from '../support/plans.ts';
import { protect, SOON } from '../support/protect.ts';
import { countCalls, isAt, legOf, openLegs, openPosition } from '../support/truth.ts';
import { useRig } from '../support/use-rig.ts';

const rig = useRig();
const LADDER = { legs: ['t1', 't2'] };

describe('rows and writes', () => {
  test('a write makes its rows dirty, and the next check reads them through', async () => {
    const seat = await rig().seat();
    const ref = await rig().accept(marketPlan('main', 0));
    expect(await seat.check(ref, 'limit-order')).toBe('acted');
    expect((await peekCheck(rig().redis, ref)).position).toMatchObject({ value: undefined, dirty: true });

    const facts = await seat.facts(seat.claim(ref));
    expect(facts).toMatchObject({ dirty: false, snapshot: { position: { size: 100n * 10n ** 12n } } });
    expect(seat.flights).toEqual({ account: 1, symbol: 1, executions: 1 });
  });

  test('C-1 a row fetched before a write never overwrites one that was read after it', async () => {
    const [writer, reader] = [await rig().seat(), await rig().seat()];
    const [ref, other] = await rig().put(restingPlan('main', 0), restingPlan('main', 1));
    if (ref === undefined || other === undefined) throw new Error('not accepted');
    const check = writer.claim(ref, 'limit-order');
    const facts = await writer.facts(check);
    await writer.desk.act(check, facts, writer.wanted(check, facts));
    const again = writer.claim(ref, 'limit-order');
    const settled = await writer.facts(again);

    const { positionListing, ordersListing, positionRow, ordersRow } = accountKeys('main');
    const own = [positionRow(other.symbol, 0), ordersRow(other.symbol, 0)];
    await rig().redis.del(positionListing, ordersListing, ...own); // as if they had expired: the other monitor knows nothing
    await rig().venue.fault({ kind: 'latency', endpoint: 'order/realtime', count: 1, ms: 800 });
    const slow = reader.read(other);
    await expect.poll(() => rig().venue.hits()).toEqual([1]);
    await cancelByHand(ref, 'e1');
    await writer.desk.act(again, settled, writer.wanted(check, facts)); // its id is used up: a write without an effect
    const newest = await writer.facts(writer.claim(ref, 'limit-order'));
    expect(newest.snapshot.orders).toEqual([]);

    expect(await slow).toMatchObject({ kind: 'facts' });
    const { orders } = await peekCheck(rig().redis, ref);
    expect(orders).toMatchObject({ value: [], startMs: newest.snapshot.ordersAtMs, dirty: false });
    expect(writer.staleDecisions() + reader.staleDecisions()).toBe(0);
  });
});

describe('lost replies', () => {
  const cases = [
    { kind: 'reply-lost-after', endpoint: 'order/create', entries: 1 },
    { kind: 'reply-lost-after', endpoint: 'order/create-batch', entries: 3 },
    { kind: 'reply-lost-before', endpoint: 'order/create', entries: 1 },
    { kind: 'reply-lost-before', endpoint: 'order/create-batch', entries: 3 },
  ];

  test.each(cases)(
    'S-25 F-23 $kind on $endpoint: each order is there once in the end, and adopted',
    async ({ entries, ...fault }) => {
      const seat = await rig().seat();
      const ref = await rig().accept(restingPlan('main', 0, entries));
      await rig().venue.fault({ ...fault, count: 1 });
      expect(await seat.check(ref, 'limit-order')).toBe('acted');
      expect(await seat.read(ref)).toMatchObject({ kind: 'facts', dirty: true });

      rig().work([seat]);
      const legs = Array.from({ length: entries }, (_, entry) => `e${entry + 1}`);
      await expect
        .poll(() => seat.read(ref), SOON)
        .toMatchObject({ kind: 'facts', dirty: false, unsettledUntilMs: undefined });
      await expect
        .poll(async () => (await peekCheck(rig().redis, ref)).states['limit-order'].state?.placed, SOON)
        .toEqual(Object.fromEntries(legs.map((leg) => [leg, 0])));
      const truth = await rig().venue.truth();
      expect(openLegs(truth, ref)).toEqual(legs);
      expect(truth.duplicates).toEqual([]);
    },
  );

  test.each([false, true])(
    'S-25 past its deadline a lost create is looked up, then sent again (the look-up fails: %s)',
    async (fails) => {
      const seat = await rig().seat();
      const ref = await rig().accept(restingPlan('main', 0));
      await rig().venue.fault({ kind: 'reply-lost-before', endpoint: 'order/create', count: 1 });
      expect(await seat.check(ref, 'limit-order')).toBe('acted');
      await expect
        .poll(() => seat.read(ref, 'limit-order'), SOON)
        .toMatchObject({ settledIntents: [{ type: 'create' }], dirty: false });

      if (fails) await rig().venue.fault({ kind: 'http-500', endpoint: 'order/history' });
      expect(await seat.check(ref, 'limit-order')).toBe('acted');
      const truth = await rig().venue.truth();
      expect(countCalls(truth, 'order/history')).toBe(1);
      expect(openLegs(truth, ref)).toEqual(['e1']);
      const kept = await rig().redis.exists(accountKeys('main').orderLookup(truth.openOrders[0]?.orderLinkId ?? ''));
      expect(kept).toBe(fails ? 0 : 1); // a failure is no answer
    },
  );

  test('F-23 a market entry whose reply is lost is bought once', async () => {
    const seat = await rig().seat();
    const ref = await rig().accept(marketPlan('main', 0));
    await rig().venue.fault({ kind: 'reply-lost-after', endpoint: 'order/create', count: 1 });

    await protect(rig(), [seat], ref, LADDER);
    const truth = await rig().venue.truth();
    expect(openPosition(truth, ref)?.size).toBe('100');
    expect(truth.duplicates).toEqual([]);
    expect(truth.totals.unprotectedMs).toBe(0);
  });
});

describe('S-25 a create whose id is known to the exchange (110072)', () => {
  test('works: the order is adopted', async () => {
    const ref = await rig().accept(restingPlan('main', 0));
    expect(await sentTwice(ref, async () => {})).toEqual([{ result: 'done' }]);
    expect(openLegs(await rig().venue.truth(), ref)).toEqual(['e1']);
  });

  test('is filled: its id is used up, the executions are fetched and nothing is bought again', async () => {
    const ref = await rig().accept(marketPlan('main', 0));
    expect(await sentTwice(ref, async () => {})).toMatchObject([{ result: 'id-ended', status: 'Filled' }]);

    await protect(rig(), [await rig().seat()], ref, LADDER);
    expect(openPosition(await rig().venue.truth(), ref)?.size).toBe('100');
  });

  test('was cancelled by hand: its id is used up', async () => {
    const ref = await rig().accept(restingPlan('main', 0));
    expect(await sentTwice(ref, () => cancelByHand(ref, 'e1'))).toMatchObject([
      { result: 'id-ended', status: 'Cancelled' },
    ]);
  });

  test('a take-profit that somebody cancelled comes back under the next generation', async () => {
    const seat = await rig().seat();
    const ref = await rig().accept(marketPlan('main', 0));
    await protect(rig(), [seat], ref, LADDER);
    await cancelByHand(ref, 't1');
    await rig().forget(ref);

    await protect(rig(), [seat], ref, LADDER);
    const ids = (await rig().venue.truth()).openOrders.flatMap((order) => parseOrderLinkId(order.orderLinkId) ?? []);
    expect(ids.find(({ leg }) => leg === 't1')).toMatchObject({ generation: 1 });
  });
});

describe('two jobs on one lane', () => {
  test('S-33 F-33 of two that hold facts at once the fenced one sends nothing', async () => {
    const [first, second] = [await rig().seat(), await rig().seat()];
    const ref = await rig().accept(restingPlan('main', 0, 6));
    const claims = [first.claim(ref, 'limit-order'), second.claim(ref, 'limit-order')] as const;
    const facts = [await first.facts(claims[0]), await second.facts(claims[1])] as const;
    const actions = first.wanted(claims[0], facts[0]);
    expect(actions).toHaveLength(6);

    const [fenced, sent] = await Promise.all([
      first.desk.act(claims[0], facts[0], actions),
      second.desk.act(claims[1], facts[1], actions),
    ]);
    expect(fenced.outcomes.map(({ result }) => result)).toEqual(Array.from({ length: 6 }, () => 'unsent'));
    expect(sent.outcomes.map(({ result }) => result)).toEqual(Array.from({ length: 6 }, () => 'done'));
    const truth = await rig().venue.truth();
    expect(openLegs(truth, ref)).toHaveLength(6);
    expect(truth.duplicates).toEqual([]);
  });

  test('S-13 S-29 beside a request that is held back, its successor sends only what is absolute until the deadline', async () => {
    const [paused, successor] = [await rig().seat(), await rig().seat()];
    const ref = await rig().accept(marketPlan('main', 0));
    await protect(rig(), [paused], ref, LADDER);
    // Somebody adds to the position and loosens nothing: the ladder must grow (an amend, not absolute).
    await rig().venue.trade({ ...ref, side: 'Buy', qty: '40', orderType: 'Market' });
    await rig().forget(ref);
    await rig().venue.fault({ kind: 'latency', endpoint: 'order/amend-batch', count: 1, ms: 1_500 });
    const held = paused.check(ref);
    await expect.poll(() => rig().venue.hits()).toEqual([1]);

    const check = successor.claim(ref);
    const facts = await successor.facts(check);
    expect(facts).toMatchObject({ dirty: true });
    expect(facts.unsettledUntilMs).toBeGreaterThan(facts.nowMs);
    const actions = successor.wanted(check, facts);
    expect(kindsOf(actions)).toEqual(['amend', 'amend']);
    const { outcomes } = await successor.desk.act(check, facts, actions);
    expect(outcomes.map(({ result }) => result)).toEqual(['unsent', 'unsent']);
    expect(countCalls(await rig().venue.truth(), 'order/amend')).toBe(0);
    expect(await held).toBe('acted');

    rig().work([paused, successor]);
    await expect.poll(async () => ladderSum(ref), SOON).toBe(140);
  });
});

function kindsOf(actions: readonly { readonly type: string }[]): readonly string[] {
  return actions.map(({ type }) => type);
}

/** What becomes of a create that is sent again on the facts of the first time. */
async function sentTwice(ref: MonitorRef, between: () => Promise<void>): Promise<unknown> {
  const seat = await rig().seat();
  const check = seat.claim(ref, 'limit-order');
  const facts = await seat.facts(check);
  const actions = seat.wanted(check, facts);
  await seat.desk.act(check, facts, actions);
  await between();
  const { outcomes } = await seat.desk.act(check, facts, actions);
  return outcomes.map(({ action: _action, ...outcome }) => outcome);
}

async function cancelByHand(ref: MonitorRef, leg: string): Promise<void> {
  const { openOrders } = await rig().venue.truth();
  const order = openOrders.filter(isAt(ref)).find(({ orderLinkId }) => legOf(orderLinkId) === leg);
  await rig().venue.cancel({ ...ref, orderLinkId: order?.orderLinkId ?? '' });
}

async function ladderSum(ref: MonitorRef): Promise<number> {
  const { openOrders } = await rig().venue.truth();
  const rungs = openOrders.filter((order) => isAt(ref)(order) && order.reduceOnly && order.stopOrderType === '');
  return rungs.reduce((sum, { leavesQty }) => sum + Number(leavesQty), 0);
}
