import { decimal, ONE, sum } from '@backstop/core';
import type { Plan } from '@backstop/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planIdOf, readPlanFile } from '../src/index.ts';
import type { PlanFileOptions } from '../src/index.ts';
import { PRESET_NAMES, PRESETS } from '../src/presets.ts';
import { DISTRIBUTIONS, sharesOf } from '../src/shares-of.ts';

const instruments = [
  { symbol: 'SOLUSDT', tickSize: '0.01', qtyStep: '0.1', minOrderQty: '0.1', minNotionalValue: '5', price: '100.01' },
];
const solPlan = {
  account: 'main',
  symbol: 'SOLUSDT',
  side: 'Buy',
  entries: [
    { type: 'Market', qty: '1.0' },
    { type: 'Limit', price: '98.00', qty: '1.0' },
  ],
  takeProfits: { prices: ['104.00', '108.00', '112.00'] },
  stopLoss: { triggerPrice: '95.00' },
};

function read(plan: object, options: Partial<PlanFileOptions> = {}): ReturnType<typeof readPlanFile> {
  return readPlanFile(JSON.stringify({ instruments, plans: [{ ...solPlan, ...plan }] }), {
    nowMs: Date.parse('2026-05-01T12:00:00Z'),
    newPlanId: planIdOf,
    takerFeeRate: decimal('0.00055'),
    ...options,
  });
}

function planOf(plan: object, options: Partial<PlanFileOptions> = {}): Plan {
  const result = read(plan, options);
  if (!result.ok) throw new Error(result.faults.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  const [first] = result.workload.plans;
  if (first === undefined) throw new Error('no plan');
  return first;
}

function faultsOf(plan: object): string[] {
  const result = read(plan);
  return result.ok ? [] : result.faults.map(({ path, message }) => `${path}: ${message}`);
}

test('named shares sum to exactly the whole, nearest first, and none is empty', () => {
  fc.assert(
    fc.property(fc.constantFrom(...DISTRIBUTIONS), fc.integer({ min: 1, max: 20 }), (distribution, count) => {
      const shares = sharesOf(distribution, count);
      expect(shares).toHaveLength(count);
      expect(sum(shares)).toBe(ONE);
      expect(shares.every((share) => share > 0n)).toBe(true);
    }),
  );
});

test('take-profits by their prices have shares by the name of a distribution, even ones by default', () => {
  const sharesIn = (takeProfits: object): unknown => planOf({ takeProfits }).takeProfits.map(({ share }) => share);
  const { prices } = solPlan.takeProfits;
  expect(planOf({}).takeProfits.map(({ leg, price }) => [leg, price])).toEqual([
    ['t1', decimal('104')],
    ['t2', decimal('108')],
    ['t3', decimal('112')],
  ]);
  const third = decimal('0.333333333333');
  expect(sharesIn({ prices })).toEqual([third, third, ONE - third * 2n]);
  expect(sharesIn({ prices, distribution: 'front-loaded' })).toEqual(['0.85', '0.075', '0.075'].map(decimal));
  expect(sharesIn({ prices: ['104.00'], distribution: 'front-loaded' })).toEqual([ONE]);
});

test('what a plan says of its stop, its time and changes by others is taken over', () => {
  const plan = planOf({
    stopLoss: { triggerPrice: '95.00', steps: { ifThrough: 'keep' } },
    trailingStop: { distance: '1.50', activePrice: '105.00', afterTakeProfit: 2 },
    timeLimit: { afterMs: 60_000, action: 'tighten' },
    externalChanges: { policy: 'respect', mostReassertions: 5, withinMs: 10_000 },
  });
  expect(plan).toMatchObject({
    stopLoss: { steps: { ifThrough: 'keep' } },
    trailingStop: { distance: decimal('1.5'), activePrice: decimal('105'), afterTakeProfit: 2 },
    timeLimit: { afterMs: 60_000, action: 'tighten' },
    externalChanges: { policy: 'respect', mostReassertions: 5, withinMs: 10_000 },
  });
  expect(planOf({ stopLoss: { triggerPrice: '95.00', steps: true } }).stopLoss.steps).toEqual({ ifThrough: 'exit' });
  expect(planOf({ externalChanges: 'respect' }).externalChanges).toEqual({ policy: 'respect' });
});

test('what a plan does not say, and what it turns off, is not there', () => {
  const off = { trailingStop: false, timeLimit: false, stopLoss: { triggerPrice: '95.00', steps: false } };
  for (const plan of [planOf({}), planOf(off)]) {
    expect(Object.keys(plan)).not.toContain('trailingStop');
    expect(Object.keys(plan)).not.toContain('timeLimit');
    expect(Object.keys(plan)).not.toContain('externalChanges');
    expect(Object.keys(plan.stopLoss)).not.toContain('steps');
  }
});

test('a trailing distance in percent is one of the price now, rounded up to a tick', () => {
  const trailingStop = { distancePercent: 1.5 };
  expect(planOf({ trailingStop }).trailingStop).toEqual({ distance: decimal('1.51') });
  expect(planOf({ trailingStop }, { judgedBy: 'file' }).trailingStop).toEqual({ distance: decimal('1.47') });
});

test('each preset is a sound plan that says what the table says', () => {
  for (const preset of PRESET_NAMES) expect(faultsOf({ preset })).toEqual([]);
  expect(planOf({ preset: 'scalp' })).toMatchObject({
    takeProfits: [{ share: decimal('0.85') }, {}, {}],
    breakeven: { afterTakeProfit: 1, ifThrough: 'exit' },
    timeLimit: { afterMs: 3_600_000, action: 'close' },
    marketEntryDeadlineMs: Date.parse('2026-05-01T12:00:10Z'),
  });
  expect(planOf({ preset: 'swing' })).toMatchObject({
    stopLoss: { triggerPrice: decimal('95'), steps: { ifThrough: 'keep' } },
    timeLimit: { action: 'tighten' },
    externalChanges: { policy: 'respect' },
  });
  expect(planOf({ preset: 'runner' }).trailingStop).toEqual({ distance: decimal('2.01'), afterTakeProfit: 1 });
});

test('a plan stands above its preset, and what it turns off stays off', () => {
  const plan = planOf({
    preset: 'swing',
    takeProfits: { ...solPlan.takeProfits, distribution: 'front-loaded' },
    stopLoss: { triggerPrice: '95.00', steps: false },
    breakeven: { afterTakeProfit: 2 },
    timeLimit: false,
    externalChanges: 'reassert',
  });
  expect(plan.takeProfits[0]?.share).toBe(decimal('0.85'));
  expect(plan.stopLoss).not.toHaveProperty('steps');
  expect(plan.breakeven).toEqual({ afterTakeProfit: 2, ifThrough: 'exit' });
  expect(plan).not.toHaveProperty('timeLimit');
  expect(plan.externalChanges).toEqual({ policy: 'reassert' });
  expect(planOf({ preset: 'scalp', deadline: '2026-05-01T12:05:00Z' }).marketEntryDeadlineMs).toBe(
    Date.parse('2026-05-01T12:05:00Z'),
  );
});

test('percentages stand beside a preset as they are', () => {
  const takeProfits = [
    { price: '104.00', percent: 60 },
    { price: '108.00', percent: 40 },
  ];
  expect(planOf({ preset: 'scalp', takeProfits }).takeProfits.map(({ share }) => share)).toEqual(
    ['0.6', '0.4'].map(decimal),
  );
});

test('S-24 the name of a preset is part of what a plan says, and what the preset means is not', () => {
  expect(planOf({ preset: 'scalp' }).id).not.toBe(planOf({}).id);
  const { distribution, timeLimit } = PRESETS.scalp;
  expect(planOf({ takeProfits: { ...solPlan.takeProfits, distribution }, timeLimit }).id).not.toBe(
    planOf({ preset: 'scalp' }).id,
  );
});

test.each([
  [{ preset: 'yolo' }, [/^plans\[0\]\.preset: /]],
  [{ takeProfits: { prices: [] } }, [/^plans\[0\]\.takeProfits\.prices: /]],
  [{ takeProfits: { prices: ['104.00', 108] } }, [/^plans\[0\]\.takeProfits\.prices\[1\]: expected a decimal as text/]],
  [
    { takeProfits: { prices: ['104.00'], distribution: 'even-ish' } },
    [/^plans\[0\]\.takeProfits\.distribution: Invalid option: expected one of "even"\|"front-loaded"/],
  ],
  [{ takeProfits: { prices: ['104.00'], shares: 'even' } }, [/^plans\[0\]\.takeProfits\.shares: unknown key/]],
  [
    { takeProfits: [{ price: '104.00', percent: 'all' }] },
    [/^plans\[0\]\.takeProfits\[0\]\.percent: expected a number/],
  ],
  [{ takeProfits: [{ price: '104.00' }] }, [/^plans\[0\]\.takeProfits\[0\]\.percent: missing/]],
  [
    { takeProfits: 104 },
    [/^plans\[0\]\.takeProfits: expected a list of \{price, percent\}, or \{prices, distribution\}/],
  ],
  [
    { stopLoss: { triggerPrice: '95.00', steps: { ifThrough: 'panic' } } },
    [/^plans\[0\]\.stopLoss\.steps\.ifThrough: /],
  ],
  [{ trailingStop: {} }, [/^plans\[0\]\.trailingStop\.distance: give either distance or distancePercent/]],
  [{ trailingStop: { distance: '1', distancePercent: 1 } }, [/^plans\[0\]\.trailingStop\.distance: give either/]],
  [{ trailingStop: true }, [/^plans\[0\]\.trailingStop: expected false or \{distance/]],
  [{ timeLimit: { afterMs: 0, action: 'close' } }, [/^plans\[0\]\.timeLimit\.afterMs: /]],
  [{ timeLimit: { afterMs: 5, action: 'pray' } }, [/^plans\[0\]\.timeLimit\.action: /]],
  [{ externalChanges: { policy: 'fight' } }, [/^plans\[0\]\.externalChanges\.policy: /]],
  [{ externalChanges: 'fight' }, [/^plans\[0\]\.externalChanges: /]],
])('%j is a fault with its path', (plan, expected) => {
  expect(faultsOf(plan)).toEqual(expected.map((pattern) => expect.stringMatching(pattern) as unknown));
});

test('faults of the content are told at the places that the file has', () => {
  const plan = {
    takeProfits: { prices: ['104.005', '103.00', '112.00'] },
    trailingStop: { distance: '1.005', afterTakeProfit: 4 },
  };
  expect(faultsOf(plan).map((fault) => fault.split(': ')[0])).toEqual([
    'plans[0].trailingStop.afterTakeProfit',
    'plans[0].takeProfits.prices[1]',
    'plans[0].trailingStop.distance',
    'plans[0].takeProfits.prices[0]',
  ]);
});
