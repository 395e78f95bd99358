import { readFileSync } from 'node:fs';
import { decimal, format } from '@backstop/core';
import type { Plan } from '@backstop/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readPlanFile } from '../src/index.ts';
import type { PlanFileOptions } from '../src/index.ts';

const NOW_MS = Date.parse('2026-05-01T12:00:00Z');
const DEMO = readFileSync(new URL('../../../data/workload-30.json', import.meta.url), 'utf8');

const instruments = [
  { symbol: 'SOLUSDT', tickSize: '0.01', qtyStep: '0.1', minOrderQty: '0.1', minNotionalValue: '5', price: '100.00' },
  { symbol: 'XRPUSDT', tickSize: '0.0001', qtyStep: '1', minOrderQty: '1', minNotionalValue: '5', price: '2.0000' },
];

const solPlan = {
  account: 'main',
  symbol: 'SOLUSDT',
  side: 'Buy',
  entries: [
    { type: 'Market', qty: '1.0' },
    { type: 'Limit', price: '98.00', qty: '1.0' },
  ],
  takeProfits: [
    { price: '104.00', percent: 60 },
    { price: '108.00', percent: 40 },
  ],
  stopLoss: { triggerPrice: '95.00' },
};

const xrpPlan = {
  account: 'main',
  symbol: 'XRPUSDT',
  side: 'Sell',
  entries: [{ type: 'Market', qty: '50' }],
  takeProfits: [{ price: '1.9000', percent: 100 }],
  stopLoss: { triggerPrice: '2.1000' },
};

function read(file: unknown, options: Partial<PlanFileOptions> = {}): ReturnType<typeof readPlanFile> {
  let next = 0;
  return readPlanFile(typeof file === 'string' ? file : JSON.stringify(file), {
    nowMs: NOW_MS,
    newPlanId: () => `plan${String(next++).padStart(8, 'a')}`,
    takerFeeRate: decimal('0.00055'),
    ...options,
  });
}

function fileWith(...plans: unknown[]): unknown {
  return { accounts: ['main', 'mirror'], instruments, plans };
}

function plansOf(...plans: unknown[]): readonly Plan[] {
  const result = read(fileWith(...plans));
  return result.ok ? result.workload.plans : [];
}

/** Faults as a person sees them. */
function faultsOf(file: unknown, options: Partial<PlanFileOptions> = {}): string[] {
  const result = read(file, options);
  return result.ok ? [] : result.faults.map(({ path, message }) => `${path}: ${message}`);
}

test('the demo workload is 30 plans on two accounts without a fault', () => {
  const result = read(DEMO);
  expect(result).toMatchObject({ ok: true, workload: { accounts: ['main', 'mirror'] } });
  if (!result.ok) throw new Error('unreachable');
  expect(result.workload.plans).toHaveLength(30);
  expect(result.workload.instruments.get('ALICEUSDT')?.price).toBe(decimal('0.429'));
});

test('legs are named in their order and shares are exact', () => {
  const [plan] = plansOf({
    ...solPlan,
    takeProfits: [
      { price: '104.00', percent: 33.33 },
      { price: '108.00', percent: 66.67 },
    ],
  });
  expect(plan?.entries.map(({ leg }) => leg)).toEqual(['e1', 'e2']);
  expect(plan?.takeProfits).toEqual([
    { leg: 't1', price: decimal('104'), share: decimal('0.3333') },
    { leg: 't2', price: decimal('108'), share: decimal('0.6667') },
  ]);
});

test('percent with any decimals that sum to 100 is accepted without a rounding error', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 99_999 }), (thousandths) => {
      const shares = [thousandths / 1_000, (100_000 - thousandths) / 1_000];
      const [plan] = plansOf({
        ...solPlan,
        takeProfits: [
          { price: '104.00', percent: shares[0] },
          { price: '108.00', percent: shares[1] },
        ],
        entries: [{ type: 'Market', qty: '1000000' }],
      });
      expect(plan?.takeProfits.map(({ share }) => format(share * 100n))).toEqual(
        shares.map((share) => format(decimal(String(share)))),
      );
    }),
  );
});

test('what a plan does not say has its default', () => {
  const [plan] = plansOf(solPlan);
  expect(plan).toMatchObject({
    positionIdx: 0,
    stopLoss: { triggerBy: 'LastPrice' },
    breakeven: { afterTakeProfit: 1, ifThrough: 'exit' },
    cancelEntriesAfterTakeProfit: 1,
    marketEntryDeadlineMs: NOW_MS + 30_000,
    referencePrice: decimal('100'),
    restoreEpoch: 0,
  });
  expect(plan).not.toHaveProperty('priceBand');
});

test('what a plan says is taken over', () => {
  const [plan] = plansOf({
    ...solPlan,
    note: 'from the newsletter',
    breakeven: { afterTakeProfit: 2, ifThrough: 'keep' },
    cancelEntriesAfterTakeProfit: false,
    deadline: '2026-05-01T12:05:00+00:00',
    priceBandPercent: 0.5,
    entriesExpireAt: NOW_MS + 60_000,
    stopLoss: { triggerPrice: '95.00', triggerBy: 'MarkPrice' },
  });
  expect(plan).toMatchObject({
    breakeven: { afterTakeProfit: 2, ifThrough: 'keep' },
    marketEntryDeadlineMs: NOW_MS + 300_000,
    priceBand: decimal('0.5'),
    entriesExpireAtMs: NOW_MS + 60_000,
    stopLoss: { triggerBy: 'MarkPrice' },
  });
  expect(plan).not.toHaveProperty('cancelEntriesAfterTakeProfit');
  expect(plansOf({ ...solPlan, breakeven: false })[0]).not.toHaveProperty('breakeven');
});

test('shares that do not sum to 100 % are a fault', () => {
  expect(faultsOf(fileWith({ ...solPlan, takeProfits: [{ price: '104.00', percent: 60 }] }))).toEqual([
    'plans[0].takeProfits: shares sum to 60 %, not to exactly 100 %',
  ]);
});

test('a take-profit on the wrong side is a fault', () => {
  expect(faultsOf(fileWith({ ...xrpPlan, takeProfits: [{ price: '2.0500', percent: 100 }] }))).toEqual([
    expect.stringMatching(/^plans\[0\]\.takeProfits\[0\]\.price: /),
  ]);
});

test('a stop on the wrong side is a fault', () => {
  expect(faultsOf(fileWith({ ...solPlan, stopLoss: { triggerPrice: '101.00' } }))).toEqual([
    expect.stringMatching(/^plans\[0\]\.stopLoss\.triggerPrice: /),
  ]);
});

test('an off-tick price is a fault', () => {
  expect(faultsOf(fileWith({ ...solPlan, stopLoss: { triggerPrice: '95.005' } }))).toEqual([
    'plans[0].stopLoss.triggerPrice: 95.005 is not a multiple of the tick size 0.01',
  ]);
});

test.each([
  [{ stopPrice: '95' }, 'plans[0].stopPrice: unknown key'],
  [{ stopLoss: { triggerPrice: '95.00', trigger: 'x' } }, 'plans[0].stopLoss.trigger: unknown key'],
  [{ entries: [{ type: 'Market', qty: '1', price: '99.00' }] }, 'plans[0].entries[0].price: unknown key'],
])('an unknown key is a fault with its path: %j', (change, fault) => {
  expect(faultsOf(fileWith({ ...solPlan, ...change }))).toEqual([fault]);
});

test('F-46 an unknown key of the file itself is a fault', () => {
  expect(faultsOf({ plan: [], plans: [solPlan], instruments })).toEqual(['plan: unknown key']);
});

test('beside an unknown key, the faults of the content come in the same answer', () => {
  const faults = faultsOf({ colour: 1, plans: [{ ...solPlan, colour: 1, symbol: 'FOOUSDT' }], instruments });

  expect(faults).toEqual([
    'colour: unknown key',
    'plans[0].colour: unknown key',
    'plans[0].symbol: unknown symbol FOOUSDT',
  ]);
});

test('an unknown symbol is a fault', () => {
  expect(faultsOf(fileWith({ ...solPlan, symbol: 'FOOUSDT' }))).toEqual(['plans[0].symbol: unknown symbol FOOUSDT']);
});

test('an account that is not listed is a fault', () => {
  expect(faultsOf(fileWith({ ...solPlan, account: 'other' }))).toEqual(['plans[0].account: unknown account other']);
});

test('a second plan for the same account, symbol and position index is a fault', () => {
  expect(faultsOf(fileWith(solPlan, { ...solPlan, account: 'mirror' }, solPlan))).toEqual([
    expect.stringMatching(/^plans\[2\]: duplicate plan for /),
  ]);
});

test('Buy and Sell plans on one symbol in one-way mode are a fault', () => {
  const short = {
    ...solPlan,
    side: 'Sell',
    entries: [{ type: 'Market', qty: '1' }],
    takeProfits: [{ price: '95.00', percent: 100 }],
    stopLoss: { triggerPrice: '105.00' },
  };
  expect(faultsOf(fileWith(solPlan, short))).toEqual([expect.stringMatching(/^plans\[1\]\.side: Buy and Sell/)]);
  expect(faultsOf(fileWith({ ...solPlan, positionIdx: 1 }, { ...short, positionIdx: 2 }))).toEqual([]);
});

test('a plan past its deadline is a fault (S-21)', () => {
  expect(faultsOf(fileWith({ ...solPlan, deadline: '2026-05-01T11:59:59Z' }))).toEqual(['plans[0].deadline: is past']);
  expect(faultsOf(fileWith({ ...solPlan, deadline: NOW_MS - 1 }))).toEqual(['plans[0].deadline: is past']);
});

test('two deadlines are a fault', () => {
  expect(faultsOf(fileWith({ ...solPlan, deadline: NOW_MS + 1, deadlineSeconds: 5 }))).toEqual([
    'plans[0].deadline: give either deadline or deadlineSeconds',
  ]);
});

test('a price written as a number is a fault, since a number may not say exactly what was written', () => {
  expect(faultsOf(fileWith({ ...solPlan, stopLoss: { triggerPrice: 95 } }))).toEqual([
    expect.stringMatching(/^plans\[0\]\.stopLoss\.triggerPrice: expected a decimal as text/),
  ]);
});

test('a missing key is called missing', () => {
  const { stopLoss: _, ...unprotected } = solPlan;
  expect(faultsOf(fileWith(unprotected))).toEqual(['plans[0].stopLoss: missing']);
});

test('the faults of all plans come at once, in the places that they have in the file', () => {
  const faults = faultsOf(
    fileWith(
      { ...solPlan, stopPrice: '95' },
      { ...xrpPlan, takeProfits: [{ price: '1.90001', percent: 90 }] },
      { ...solPlan, account: 'mirror', symbol: 'FOOUSDT' },
      { ...xrpPlan, account: 'Mirror|1' },
    ),
  );
  expect(faults.map((fault) => fault.split(': ')[0])).toEqual([
    'plans[0].stopPrice',
    'plans[3].account',
    'plans[1].takeProfits',
    'plans[1].takeProfits[0].price',
    'plans[2].symbol',
  ]);
});

test('text that is no JSON is one fault', () => {
  expect(faultsOf('{"plans": [')).toEqual([expect.stringContaining('not JSON')]);
});

test('instruments of the exchange stand above those of the file, and a file without its own needs them', () => {
  expect(faultsOf({ plans: [solPlan] })).toEqual(['instruments: missing', expect.stringContaining('unknown symbol')]);
  const workload = read(fileWith(solPlan));
  const listed = workload.ok ? workload.workload.instruments : undefined;
  expect(faultsOf({ plans: [solPlan] }, listed === undefined ? {} : { instruments: listed })).toEqual([]);
});

test('no text whatsoever makes the reader throw', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.anything().map((value) => JSON.stringify({ plans: [value] }) ?? ''),
      ),
      (text) => {
        expect(read(text).ok).toBe(false);
      },
    ),
  );
});
