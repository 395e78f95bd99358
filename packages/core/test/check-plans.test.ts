import { expect, test } from 'vitest';
import { checkPlans, decimal } from '../src/index.ts';
import type { Instrument, Plan } from '../src/index.ts';
import { anInstrument, aPlan, ladder, limitEntry, marketEntry, START_MS } from '../testing/index.ts';

const AT = { nowMs: START_MS, accounts: new Set(['main', 'mirror']) };

test('a sound plan has no faults, and neither have the same plans on two accounts', () => {
  expect(faultsOf(aPlan())).toEqual([]);
  expect(faultsOf(aPlan(), aPlan({ account: 'mirror' }))).toEqual([]);
});

test('shares must sum to exactly 100 %', () => {
  expect(faultsOf(aPlan({ takeProfits: ladder(['110', 85], ['115', 14]) }))).toEqual([
    'plans[0].takeProfits: shares sum to 99 %, not to exactly 100 %',
  ]);
});

test('take-profits lie on the profit side of every entry and of the market, nearest first', () => {
  expect(pathsOf(aPlan({ takeProfits: ladder(['99', 50], ['94', 50]) }))).toEqual([
    'plans[0].takeProfits[0].price',
    'plans[0].takeProfits[1].price',
    'plans[0].takeProfits[1].price',
  ]);
  expect(pathsOf(aPlan({ takeProfits: ladder(['120', 50], ['110', 50]) }))).toEqual(['plans[0].takeProfits[1].price']);
});

test('the stop lies on the loss side of every entry and of the market', () => {
  const stopLoss = { triggerPrice: decimal('95'), triggerBy: 'LastPrice' } as const;
  expect(pathsOf(aPlan({ stopLoss }))).toEqual(['plans[0].stopLoss.triggerPrice']);
});

test('F-30 prices sit on the tick of their own symbol, quantities on its step and between its bounds', () => {
  const entries = [marketEntry('100.05'), limitEntry('e1', '0.05', '95.001'), limitEntry('e2', '2000000', '94')];
  expect(faultsOf(aPlan({ entries }))).toEqual([
    'plans[0].entries[1].price: 95.001 is not a multiple of the tick size 0.01',
    'plans[0].entries[0].qty: 100.05 is not a multiple of the quantity step 0.1',
    'plans[0].entries[1].qty: 0.05 is not a multiple of the quantity step 0.1',
    'plans[0].entries[1].qty: 0.05 is under the minimum of 0.1',
    'plans[0].entries[1].qty: 0.05 is worth 4.75005, under the minimum of 5',
    'plans[0].entries[2].qty: 2000000 is over the maximum of 1000000',
    'plans[0].takeProfits: every leg is under the minimum order quantity',
  ]);
});

test('S-21 a plan past its deadline is refused', () => {
  const late = aPlan({ marketEntryDeadlineMs: START_MS, entriesExpireAtMs: START_MS - 1 });
  expect(pathsOf(late)).toEqual(['plans[0].marketEntryDeadlineMs', 'plans[0].entriesExpireAtMs']);
});

test('unknown symbols and accounts are named, and a symbol that is delivered or not trading is refused', () => {
  expect(faultsOf(aPlan({ account: 'nobody', symbol: 'NOSUCH' }))).toEqual([
    'plans[0].account: unknown account nobody',
    'plans[0].symbol: unknown symbol NOSUCH',
  ]);
  expect(pathsOf(aPlan(), anInstrument({ deliveryTimeMs: 1 }))).toEqual(['plans[0].symbol']);
  expect(pathsOf(aPlan(), anInstrument({ status: 'PreLaunch' }))).toEqual(['plans[0].symbol']);
});

test('one plan per position: duplicates and opposite sides in one-way mode are refused, against active plans as well', () => {
  expect(faultsOf(aPlan(), aPlan())).toEqual(['plans[1]: duplicate plan for (main, ALICEUSDT, 0)']);
  expect(pathsOf(aPlan(), undefined, { existing: [aPlan()] })).toEqual(['plans[0]']);
  expect(pathsOf(aPlan(), undefined, { existing: [sell()] })).toEqual(['plans[0].side']);
});

test('S-26 in hedge mode longs are 1 and shorts are 2, and both may run', () => {
  const hedgeAccounts = new Set(['main']);
  const pair = [aPlan({ positionIdx: 1 }), { ...sell(), positionIdx: 2 } as const];
  expect(checkPlans(pair, instruments(), { ...AT, hedgeAccounts })).toEqual([]);
  expect(pathsOf(aPlan(), undefined, { hedgeAccounts })).toEqual(['plans[0].positionIdx']);
  expect(pathsOf(aPlan({ positionIdx: 1 }))).toEqual(['plans[0].positionIdx']);
});

test('a plan has entries, at most one of them a market entry, and names take-profits that exist', () => {
  expect(pathsOf(aPlan({ entries: [] }))).toEqual(['plans[0].entries']);
  expect(pathsOf(aPlan({ entries: [marketEntry('100'), marketEntry('100', 'e1')] }))).toEqual(['plans[0].entries']);
  expect(pathsOf(aPlan({ takeProfits: [] }))).toContain('plans[0].takeProfits');
  const beyond = aPlan({ breakeven: { afterTakeProfit: 5, ifThrough: 'keep' }, cancelEntriesAfterTakeProfit: 0 });
  expect(pathsOf(beyond)).toEqual(['plans[0].breakeven.afterTakeProfit', 'plans[0].cancelEntriesAfterTakeProfit']);
});

test('all faults of all plans are named at once', () => {
  const wrong = aPlan({ account: 'nobody', takeProfits: ladder(['110.001', 99]) });
  expect(faultsOf(wrong, aPlan({ symbol: 'NOSUCH' })).map((fault) => fault.split(':')[0])).toEqual([
    'plans[0].account',
    'plans[0].takeProfits',
    'plans[0].takeProfits[0].price',
    'plans[1].symbol',
  ]);
});

function sell(): Plan {
  return aPlan({
    side: 'Sell',
    entries: [marketEntry('100')],
    takeProfits: ladder(['90', 100]),
    stopLoss: { triggerPrice: decimal('110'), triggerBy: 'LastPrice' },
    breakeven: { afterTakeProfit: 1, ifThrough: 'exit' },
  });
}

function instruments(instrument = anInstrument()): ReadonlyMap<string, Instrument> {
  return new Map([['ALICEUSDT', instrument]]);
}

function faultsOf(...plans: readonly Plan[]): readonly string[] {
  return checkPlans(plans, instruments(), AT).map(({ path, message }) => `${path}: ${message}`);
}

function pathsOf(plan: Plan, instrument?: Instrument, more: object = {}): readonly string[] {
  return checkPlans([plan], instruments(instrument), { ...AT, ...more }).map(({ path }) => path);
}
