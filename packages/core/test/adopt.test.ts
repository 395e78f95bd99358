import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { adopt, checkPlans, decimal, needsExecutions, ONE, protection, sum } from '../src/index.ts';
import type { Adoption, AdoptionContext, Plan, PositionRow } from '../src/index.ts';
import {
  anInstrument,
  aPosition,
  check,
  monitorOn,
  moveTo,
  openOrders,
  openVenue,
  prices,
  settleDown,
  snapshotOf,
  START_MS,
  TAKER_FEE_RATE,
  trade,
} from '../testing/index.ts';
import type { Monitor } from '../testing/index.ts';

const PROTECT: Adoption = { mode: 'protect-only', stopDistance: decimal('0.1') };
const MANAGE = {
  mode: 'manage',
  template: {
    stopDistance: decimal('0.1'),
    takeProfits: [
      { distance: decimal('0.1'), share: decimal('0.5') },
      { distance: decimal('0.2'), share: decimal('0.3') },
      { distance: decimal('0.3'), share: decimal('0.2') },
    ],
    breakeven: { afterTakeProfit: 1, ifThrough: 'keep' },
  },
} as const satisfies Adoption;
const NAKED = aPosition({ stopLoss: undefined, openTimeMs: START_MS - 1_000 });

test('S-22 a position that is to be ignored, is flat or is being liquidated gets no plan', () => {
  expect(adopted({ mode: 'ignore' })).toBeUndefined();
  expect(adopted(PROTECT, aPosition({ side: undefined, size: 0n }))).toBeUndefined();
  expect(adopted(PROTECT, aPosition({ status: 'Liq' }))).toBeUndefined();
});

test('S-22 protect-only sets a stop at its distance from the average price, and nothing else', () => {
  const monitor = adoptedOn(PROTECT);
  expect(monitor.venue.position).toMatchObject({ stopLoss: decimal('90'), size: decimal('100') });
  expect(openOrders(monitor.venue)).toEqual([]);
  expect(monitor.outcomes).toHaveLength(1);
  expect(monitor.tpSl).toMatchObject({ stage: 'open', conditions: {} });
});

test('protect-only keeps a stop that stands, a template tightens one that is looser than its own', () => {
  const loose = aPosition({ stopLoss: decimal('80') });
  const tight = aPosition({ stopLoss: decimal('95') });
  expect(adopted(PROTECT, loose)?.stopLoss.triggerPrice).toBe(decimal('80'));
  expect(adopted(MANAGE, loose)?.stopLoss.triggerPrice).toBe(decimal('90'));
  expect(adopted(MANAGE, tight)?.stopLoss.triggerPrice).toBe(decimal('95'));
});

test('S-09 where the market is through the default stop, the stop is measured from the price: adopting closes nothing', () => {
  const plan = adopted(PROTECT, NAKED, { prices: prices('85') });
  expect(plan?.stopLoss.triggerPrice).toBe(decimal('76.5'));
});

test('S-23 a template manages: take-profits for the whole size, breakeven from the average, closed when flat', () => {
  const monitor = adoptedOn(MANAGE);
  const rows = openOrders(monitor.venue).map(({ price, leavesQty }) => [price, leavesQty]);
  expect(rows).toEqual([
    [decimal('110'), decimal('50')],
    [decimal('120'), decimal('30')],
    [decimal('130'), decimal('20')],
  ]);
  moveTo(monitor.venue, decimal('110'));
  settleDown(monitor);
  expect(monitor.venue.position?.stopLoss).toBe(decimal('100.12'));
  moveTo(monitor.venue, decimal('130'));
  settleDown(monitor);
  monitor.venue.nowMs += 10_000;
  settleDown(monitor);
  expect(monitor.tpSl).toMatchObject({ stage: 'closed', closeReason: 'take-profit' });
});

test('S-19 the books of an adopted position are closed as it stands: nothing has to be fetched for it', () => {
  const monitor = adoptedOn(PROTECT);
  const { plan } = monitor.venue;
  expect(needsExecutions(snapshotOf(monitor.venue), plan, monitor)).toBe(false);
  trade(monitor.venue, 'Buy', decimal('1'));
  const unbooked = snapshotOf(monitor.venue, { executed: new Map() });
  expect(needsExecutions(unbooked, plan, monitor)).toBe(true);
});

test('S-19 what others do to an adopted position afterwards is counted, and does not open its books', () => {
  const monitor = adoptedOn(MANAGE);
  trade(monitor.venue, 'Sell', decimal('20'));
  settleDown(monitor);
  expect(sum(openOrders(monitor.venue).map(({ leavesQty }) => leavesQty))).toBe(decimal('80'));
  expect(monitor.tpSl.conditions).toEqual({});
});

test('S-23 the position that a flip left behind is adopted as what it is', () => {
  const flipped = aPosition({ side: 'Sell', size: decimal('50'), stopLoss: undefined, openTimeMs: START_MS + 5 });
  const plan = adopted(MANAGE, flipped);
  expect(plan).toMatchObject({ side: 'Sell', stopLoss: { triggerPrice: decimal('110') }, entries: [] });
  expect(plan?.takeProfits.map(({ price }) => price)).toEqual(['90', '80', '70'].map(decimal));
});

test('take-profits that the market has passed are left out, their shares go to the others, and nothing trades at once', () => {
  const plan = adopted(MANAGE, NAKED, { prices: prices('115') });
  expect(plan?.takeProfits).toEqual([
    { leg: 't1', price: decimal('120'), share: decimal('0.6') },
    { leg: 't2', price: decimal('130'), share: decimal('0.4') },
  ]);
  expect(adopted(MANAGE, NAKED, { prices: prices('131') })).toMatchObject({ takeProfits: [] });
  expect(adopted(MANAGE, NAKED, { prices: prices('131') })).not.toHaveProperty('breakeven');
});

test('S-24 the id follows from account, position epoch and policy: many that find one position make one plan', () => {
  const id = adopted(PROTECT)?.id;
  expect(id).toMatch(/^[a-z2-7]{12}$/);
  expect(adopted(PROTECT, { ...NAKED, size: decimal('7') }, { nowMs: START_MS + 9 })?.id).toBe(id);
  const others = [
    adopted(MANAGE)?.id,
    adopted(PROTECT, NAKED, { account: 'mirror' })?.id,
    adopted(PROTECT, { ...NAKED, openTimeMs: START_MS })?.id,
    adopted(PROTECT, { ...NAKED, side: 'Sell' })?.id,
    adopted(PROTECT, NAKED, { earlier: 1 })?.id,
    adopted(PROTECT, NAKED, { earlier: 2 })?.id,
  ];
  expect(new Set([id, ...others]).size).toBe(7);
});

test('whatever is adopted, the plan is sound, the position protected at rest, and adopting trades nothing', () => {
  const share = fc.integer({ min: 1, max: 400 }).map((perMille) => (BigInt(perMille) * ONE) / 1_000n);
  const adoption = fc.record({ stopDistance: share, legs: fc.uniqueArray(share, { maxLength: 5 }) });
  const price = fc.integer({ min: 3_000, max: 30_000 }).map((ticks) => BigInt(ticks) * decimal('0.01'));
  fc.assert(
    fc.property(
      adoption,
      fc.constantFrom<'Buy' | 'Sell'>('Buy', 'Sell'),
      price,
      price,
      (wanted, side, average, last) => {
        const legs = wanted.legs.toSorted((a, b) => (a < b ? -1 : 1));
        const takeProfits = legs.map((distance) => ({ distance, share: ONE / BigInt(legs.length) }));
        const policy = { mode: 'manage', template: { stopDistance: wanted.stopDistance, takeProfits } } as const;
        const position = { ...NAKED, side, averagePrice: average };
        const now = { last, mark: last, index: last, atMs: START_MS };
        const plan = adopted(policy, position, { prices: now });
        if (plan === undefined) throw new Error('no plan');
        const at = { nowMs: START_MS, accounts: new Set(['main']) };
        expect(checkPlans([plan], new Map([['ALICEUSDT', anInstrument()]]), at)).toEqual([]);

        const monitor = monitorOn({ ...openVenue(anInstrument(), plan, { price: last }), position });
        settleDown(monitor);
        expect(monitor.venue.executions).toEqual([]);
        expect(protection(snapshotOf(monitor.venue), plan)).toBe('protected');
        const placed = sum(openOrders(monitor.venue).map(({ leavesQty }) => leavesQty));
        expect(placed).toBe(plan.takeProfits.length === 0 ? 0n : decimal('100'));
      },
    ),
    { seed: 22, numRuns: 500 },
  );
});

test('a plan of entries still needs entries and take-profits', () => {
  const { adopted: _adopted, ...empty }: Plan = { ...(adopted(PROTECT) ?? fail()), takeProfits: [] };
  const at = { nowMs: START_MS, accounts: new Set(['main']) };
  const faults = checkPlans([empty], new Map([['ALICEUSDT', anInstrument()]]), at);
  expect(faults.map(({ path }) => path)).toEqual(['plans[0].entries', 'plans[0].takeProfits']);
});

function adopted(
  adoption: Adoption,
  position: PositionRow = NAKED,
  more: Partial<AdoptionContext> = {},
): Plan | undefined {
  const context = { account: 'main', instrument: anInstrument(), takerFeeRate: TAKER_FEE_RATE, nowMs: START_MS };
  return adopt(position, adoption, { ...context, prices: prices('100'), ...more });
}

function adoptedOn(adoption: Adoption): Monitor {
  const plan = adopted(adoption) ?? fail();
  const monitor = monitorOn({ ...openVenue(anInstrument(), plan, { price: decimal('100') }), position: NAKED });
  check(monitor, 'tp-sl');
  settleDown(monitor);
  return monitor;
}

function fail(): never {
  throw new Error('no plan');
}
