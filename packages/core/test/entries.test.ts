import { expect, test } from 'vitest';
import { decide, decimal, initialState, NOT_DUE, settle } from '../src/index.ts';
import type { ActionOutcome, Decision, LimitOrderState, Plan, Snapshot, TpSlState } from '../src/index.ts';
import {
  anEntryRow,
  anInstrument,
  aPlan,
  aPosition,
  aSnapshot,
  aStopRow,
  executed,
  limitEntry,
  limitOrderContext,
  prices,
  START_MS,
  tpSlContext,
} from '../testing/index.ts';

test('F-23 a fresh plan places its entries with the stop attached, each under an id that is a function of the plan', () => {
  const { actions } = limitOrder(aSnapshot());
  expect(actions).toMatchObject([
    {
      leg: 'e0',
      order: {
        orderType: 'Market',
        qty: decimal('100'),
        stopLoss: decimal('90'),
        slTriggerBy: 'LastPrice',
        orderLinkId: 'bs-abcplanaaaaaaaa-e0-0-0',
      },
    },
    {
      leg: 'e1',
      order: {
        orderType: 'Limit',
        price: decimal('95'),
        stopLoss: decimal('90'),
        timeInForce: 'GTC',
        orderLinkId: 'bs-abcplanaaaaaaaa-e1-0-0',
      },
    },
  ]);
});

test('S-21 a market entry past its deadline expires with a condition', () => {
  const { actions, state } = limitOrder(aSnapshot(), { nowMs: START_MS + 30_000 });
  expect(actions.map((action) => action.type === 'create' && action.leg)).toEqual(['e1']);
  expect(state.ended).toEqual({ e0: 'past its deadline' });
  expect(state.conditions).toHaveProperty('EntryExpired');
});

test('S-21 a market entry outside its band expires; the band is half the way to the stop unless the plan says so', () => {
  expect(endedAt('105')).toEqual({});
  expect(endedAt('105.01')).toEqual({ e0: 'outside its price band' });
  expect(endedAt('94.99')).toEqual({ e0: 'outside its price band' });
  expect(endedAt('101.5', aPlan({ priceBand: decimal('1') }))).toEqual({ e0: 'outside its price band' });
});

test('S-21 entries of a plan whose stop was passed before anything was entered all expire', () => {
  const { actions, state } = limitOrder(aSnapshot({ prices: prices('90') }));
  expect(actions).toEqual([]);
  expect(Object.keys(state.ended)).toEqual(['e0', 'e1']);
});

test('S-21 an attached stop that the exchange finds beyond the market expires the entry', () => {
  const first = limitOrder(aSnapshot());
  const outcomes = first.actions.map(
    (action) => ({ action, result: 'refused', reason: 'through-market', code: 10_001, message: '' }) as const,
  );
  const state = settle('limit-order', first.state, outcomes, START_MS);
  expect(state.ended).toEqual({ e0: 'its stop was beyond the market', e1: 'its stop was beyond the market' });
});

test('S-21 a market entry is not sent blindly, and a part of it is not chased', () => {
  const blind = limitOrder(aSnapshot({ prices: undefined }));
  expect(blind.actions.map((action) => action.type === 'create' && action.leg)).toEqual(['e1']);
  const waiting = aSnapshot({ prices: undefined, orders: [anEntryRow('e1', '100', '95')] });
  expect(limitOrder(waiting)).toMatchObject({ actions: [], nextCheckInMs: 1_000 });
  const partly = aSnapshot({
    position: aPosition({ size: decimal('40') }),
    executed: executed({ e0: '40' }),
    orders: [anEntryRow('e1', '100', '95')],
  });
  expect(limitOrder(partly).actions).toEqual([]);
});

test('limit entries past their expiry are cancelled by their own lane', () => {
  const plan = aPlan({ entriesExpireAtMs: START_MS });
  const resting = aSnapshot({ ...opened(), orders: [aStopRow(), anEntryRow('e1', '100', '95')] });
  expect(limitOrder(resting, { plan }).actions).toMatchObject([{ type: 'cancel', leg: 'e1', budget: 'entry' }]);
  expect(tpSl(resting, { plan }).actions.filter(({ type }) => type === 'cancel')).toEqual([]);
});

test('S-20 past the take-profit that ends entries they are cancelled by the tp-sl lane, protectively, and not created', () => {
  const sums = executed({ e0: '100', t1: '85' });
  const scaled = aSnapshot({ position: aPosition({ size: decimal('15') }), executed: sums, prices: prices('109') });
  const resting = { ...scaled, orders: [anEntryRow('e1', '100', '95')] };
  expect(tpSl(resting).actions).toContainEqual(
    expect.objectContaining({ type: 'cancel', leg: 'e1', budget: 'protective' }),
  );
  expect(limitOrder(scaled).actions).toEqual([]);
});

test('F-03 cancelling them is repeated until the rows show them gone', () => {
  const sums = executed({ e0: '100', t1: '85' });
  const resting = aSnapshot({
    position: aPosition({ size: decimal('15') }),
    executed: sums,
    orders: [anEntryRow('e1', '100', '95')],
    prices: prices('109'),
  });
  const first = tpSl(resting);
  const cancel = first.actions.find(({ type }) => type === 'cancel');
  if (cancel === undefined) throw new Error('no cancel was sent');
  const state = settle('tp-sl', first.state, [{ action: cancel, result: 'done' }], START_MS);
  expect(tpSl(resting, { state }).actions).toContainEqual(expect.objectContaining({ type: 'cancel', leg: 'e1' }));
});

test('S-20 they are cancelled with open books too: the take-profit that filled is evidence enough', () => {
  const behind = aSnapshot({
    ...opened(),
    executed: executed({ e0: '100', t1: '85' }),
    orders: [aStopRow(), anEntryRow('e1', '100', '95')],
  });
  expect(tpSl(behind).actions).toMatchObject([{ type: 'cancel', leg: 'e1' }]);
});

test('S-20 entries go when the stop fires and when the symbol is delisted', () => {
  const orders = [aStopRow({ status: 'Triggered' }), anEntryRow('e1', '100', '95')];
  expect(tpSl(aSnapshot({ ...opened(), orders })).actions).toMatchObject([{ type: 'cancel', leg: 'e1' }]);

  const instrument = anInstrument({ deliveryTimeMs: START_MS + 1 });
  const delisted = aSnapshot({ instrument, orders: [anEntryRow('e1', '100', '95')] });
  expect(tpSl(delisted).actions).toMatchObject([{ type: 'cancel', leg: 'e1' }]);
  expect(tpSl(delisted).state.conditions).toHaveProperty('Delisting');
  expect(limitOrder(delisted).actions).toEqual([]);
});

test('S-19 no entry is placed while the facts do not add up', () => {
  expect(limitOrder(aSnapshot({ position: aPosition() })).actions).toEqual([]);
});

test('S-12 no further entry is placed when liquidation comes before the stop', () => {
  const position = aPosition({ liqPrice: decimal('92') });
  expect(limitOrder(aSnapshot({ ...opened(), position })).actions).toEqual([]);
});

test('S-25 an id that is used up by a filled order is not entered again, one by a cancelled limit is respected', () => {
  const first = limitOrder(aSnapshot());
  const ended = (status: string): readonly ActionOutcome[] =>
    first.actions.map((action) => ({ action, result: 'id-ended', status }));
  const filled = settle('limit-order', first.state, ended('Filled'), START_MS);
  expect(filled.ended).toEqual({ e0: 'filled', e1: 'filled' });
  expect(filled.generations).toEqual({});
  const cancelled = settle('limit-order', first.state, ended('Cancelled'), START_MS);
  expect(cancelled).toMatchObject({ ended: { e1: 'ended elsewhere as Cancelled' }, generations: { e0: 1, e1: 1 } });
});

test('a plan whose entries all ended without a fill closes as not entered, once a later listing shows nothing of it', () => {
  const ended: LimitOrderState = {
    ...initialState('limit-order'),
    ended: { e0: 'past', e1: 'expired' },
    endedAtMs: START_MS,
  };
  const soon = tpSl(aSnapshot({ ordersAtMs: START_MS + 4_999, positionAtMs: START_MS + 4_999 }), { ended });
  expect(soon.state.stage).toBe('waiting');
  const later = tpSl(aSnapshot({ ordersAtMs: START_MS + 5_000, positionAtMs: START_MS + 5_000 }), { ended });
  expect(later.state).toMatchObject({ stage: 'closed', closeReason: 'not-entered' });
  expect(later.nextCheckInMs).toBe(NOT_DUE);
});

test('a monitor without a wanted or working entry is not due in its lane', () => {
  const all = aSnapshot({
    position: aPosition({ size: decimal('200') }),
    executed: executed({ e0: '100', e1: '100' }),
  });
  expect(limitOrder(all).nextCheckInMs).toBe(NOT_DUE);
  expect(limitOrder(aSnapshot()).nextCheckInMs).toBe(1_000);
});

test('F-40 urgency comes from the distance to the next level, and from the clock of what expires', () => {
  const resting = aSnapshot({ ...opened(), orders: [aStopRow(), anEntryRow('e1', '100', '95')] });
  expect(limitOrder(resting).nextCheckInMs).toBe(20_000);
  expect(limitOrder({ ...resting, prices: prices('95.3') }).nextCheckInMs).toBe(20_000);
  expect(limitOrder({ ...resting, prices: prices('95.2') }).nextCheckInMs).toBe(5_000);
  expect(limitOrder(resting, { plan: aPlan({ entriesExpireAtMs: START_MS + 700 }) }).nextCheckInMs).toBe(700);
  expect(limitOrder(resting, { plan: aPlan({ entriesExpireAtMs: START_MS + 1 }) }).nextCheckInMs).toBe(250);
});

test('S-02 an entry below breakeven cannot carry that level and keeps the plan stop', () => {
  const { cancelEntriesAfterTakeProfit: _after, ...plan } = aPlan({
    entries: [limitEntry('e0', '100', '100'), limitEntry('e1', '100', '95')],
  });
  const sums = executed({ e0: '100', t1: '85' });
  const scaled = aSnapshot({ position: aPosition({ size: decimal('15') }), executed: sums, prices: prices('109') });
  expect(limitOrder(scaled, { plan }).actions).toMatchObject([{ leg: 'e1', order: { stopLoss: decimal('90') } }]);
});

interface With {
  readonly plan?: Plan;
  readonly nowMs?: number;
}

function limitOrder(snapshot: Snapshot, overrides: With = {}): Decision<'limit-order'> {
  return decide('limit-order', snapshot, limitOrderContext(overrides));
}

function tpSl(
  snapshot: Snapshot,
  { state = initialState('tp-sl'), ended, ...rest }: With & { state?: TpSlState; ended?: LimitOrderState } = {},
): Decision<'tp-sl'> {
  return decide(
    'tp-sl',
    snapshot,
    tpSlContext({ ...rest, state, tpSl: state, ...(ended !== undefined && { limitOrder: ended }) }),
  );
}

function endedAt(last: string, plan: Plan = aPlan()): LimitOrderState['ended'] {
  return limitOrder(aSnapshot({ prices: prices(last) }), { plan }).state.ended;
}

function opened(): Partial<Snapshot> {
  return { position: aPosition(), executed: executed({ e0: '100' }) };
}
