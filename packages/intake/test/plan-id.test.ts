import { decimal } from '@backstop/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planIdOf, readPlanFile } from '../src/index.ts';
import type { PlanFileOptions } from '../src/index.ts';

const instruments = [
  { symbol: 'SOLUSDT', tickSize: '0.01', qtyStep: '0.1', minOrderQty: '0.1', minNotionalValue: '5', price: '100.00' },
];
const solPlan = {
  account: 'main',
  symbol: 'SOLUSDT',
  side: 'Buy',
  entries: [
    { type: 'Market', qty: '1.0' },
    { type: 'Limit', price: '98.00', qty: '1.0' },
  ],
  takeProfits: [{ price: '104.00', percent: 100 }],
  stopLoss: { triggerPrice: '95.00' },
};

function read(
  plans: readonly unknown[],
  options: Partial<PlanFileOptions> = {},
  run = '',
): ReturnType<typeof readPlanFile> {
  return readPlanFile(JSON.stringify({ instruments, plans }), {
    nowMs: Date.parse('2026-05-01T12:00:00Z'),
    newPlanId: (plan) => planIdOf(plan, run),
    takerFeeRate: decimal('0.00055'),
    ...options,
  });
}

function idOf(plan: unknown, options: Partial<PlanFileOptions> = {}, run = ''): string | undefined {
  const result = read([plan], { judgedBy: 'file', ...options }, run);
  return result.ok ? result.workload.plans[0]?.id : undefined;
}

function faultsOf(plans: readonly unknown[], options: Partial<PlanFileOptions>): string[] {
  const result = read(plans, options);
  return result.ok ? [] : result.faults.map(({ path, message }) => `${path}: ${message}`);
}

test('S-24 a plan has the same id in every version: with another one, trades that are over would be made again', () => {
  expect(idOf(solPlan)).toBe('k76nvyckyy7s');
  expect(idOf({ ...solPlan, note: '5d' })).toBe('p3ldm46hnqna');
});

test('the id does not depend on when, at which price and how the plan is written', () => {
  const { account, ...rest } = solPlan;
  const rewritten = {
    ...rest,
    positionIdx: 0,
    stopLoss: { triggerPrice: '95' },
    takeProfits: [{ percent: 100.0, price: '104.0' }],
    account,
  };
  expect(idOf(rewritten)).toBe(idOf(solPlan));
  expect(idOf(solPlan, { nowMs: 1, judgedBy: 'moment' })).toBe(idOf(solPlan));
});

test.each([
  ['another side', { side: 'Sell' }],
  ['another size', { entries: [{ type: 'Market', qty: '1.1' }] }],
  ['another take-profit', { takeProfits: [{ price: '104.01', percent: 100 }] }],
  ['another stop', { stopLoss: { triggerPrice: '95.01' } }],
  ['another deadline', { deadlineSeconds: 31 }],
  ['a note', { note: 'again' }],
])('%s is another trade', (_name, change: object) => {
  const flipped =
    'side' in change ? { takeProfits: [{ price: '90.00', percent: 100 }], stopLoss: { triggerPrice: '105.00' } } : {};
  const id = idOf({ ...solPlan, ...flipped, ...change });
  expect(id).toMatch(/^[a-z2-7]{12}$/);
  expect(id).not.toBe(idOf(solPlan));
});

test('notes set equal trades apart, and so do runs whose state nobody keeps', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (one, other) => {
      fc.pre(one !== other);
      expect(idOf({ ...solPlan, note: one })).not.toBe(idOf({ ...solPlan, note: other }));
      expect(idOf(solPlan, {}, one)).not.toBe(idOf(solPlan, {}, other));
    }),
  );
});

const gone = {
  ...solPlan,
  takeProfits: [{ price: '99.00', percent: 100 }],
  entriesExpireAt: '2026-04-01T00:00:00Z',
  deadline: '2026-04-01T00:00:00Z',
};

test('judged by the file, what the price, the deadlines or the trading rules are now is no fault', () => {
  const unlisted = { ...solPlan, symbol: 'FOOUSDT', entries: [{ type: 'Market', qty: '0.00001' }] };
  expect(faultsOf([gone, unlisted], {}).map((fault) => fault.split(':')[0])).toEqual([
    'plans[0].deadline',
    'plans[0].entriesExpireAt',
    'plans[0].takeProfits[0].price',
    'plans[1].symbol',
  ]);
  expect(faultsOf([gone, unlisted], { judgedBy: 'file', instruments: new Map() })).toEqual([]);
});

test('judged by the file, what it says wrong in itself is a fault', () => {
  const plans = [
    { ...gone, takeProfits: [{ price: '104.00', percent: 90 }] },
    { ...gone, stopLoss: { triggerPrice: '98.50' } },
    { ...gone, colour: 'red' },
  ];
  expect(faultsOf(plans, { judgedBy: 'file', instruments: new Map() })).toEqual([
    'plans[2].colour: unknown key',
    'plans[0].takeProfits: shares sum to 90 %, not to exactly 100 %',
    'plans[1]: duplicate plan for (main, SOLUSDT, 0)',
    'plans[1].stopLoss.triggerPrice: must be on the loss side of every entry and of the market',
    'plans[2]: duplicate plan for (main, SOLUSDT, 0)',
  ]);
});

test('plans that are left out are not judged, and faults of the others keep their place in the file', () => {
  const bad = { ...solPlan, symbol: 'FOOUSDT' };
  const leftOut = new Set([idOf(gone) ?? '']);
  expect(faultsOf([gone, bad], { leftOut })).toEqual(['plans[1].symbol: unknown symbol FOOUSDT']);

  const result = read([gone, solPlan], { leftOut });
  expect(result.ok && result.workload.plans.map(({ id }) => id)).toEqual([idOf(solPlan)]);
});
