import { decimal } from '@backstop/core';
import type { Plan } from '@backstop/core';
import { planIdOf, readPlanFile } from '../src/index.ts';
import type { Balance, PlanFileOptions, PlanFileResult } from '../src/index.ts';

export const NOW_MS = Date.parse('2026-05-01T12:00:00Z');

const instruments = [
  { symbol: 'SOLUSDT', tickSize: '0.01', qtyStep: '0.1', minOrderQty: '0.1', minNotionalValue: '5', price: '100.00' },
];

/** A plan of the group `desk`, worth 200 + 300 x 98 USDT: 2 at the market (100), 3 at 98. */
export const groupPlan = {
  group: 'desk',
  symbol: 'SOLUSDT',
  side: 'Buy',
  entries: [
    { type: 'Market', qty: '2' },
    { type: 'Limit', price: '98.00', qty: '3' },
  ],
  takeProfits: [
    { price: '104.00', percent: 60 },
    { price: '108.00', percent: 40 },
  ],
  stopLoss: { triggerPrice: '95.00' },
};

/** The same for one account. */
export function planOf(account: string, change: object = {}): object {
  const { group: _, ...rest } = groupPlan;
  return { account, ...rest, ...change };
}

export type Members = readonly Readonly<Record<string, string>>[];

export function fileOf(members: Members, plans: readonly object[] = [groupPlan], change: object = {}): object {
  return { instruments, groups: { desk: { accounts: members } }, plans, ...change };
}

/** Balances in USDT; a text that is no number says why one is not known. */
export function balances(known: Readonly<Record<string, string>>): ReadonlyMap<string, Balance> {
  return new Map(
    Object.entries(known).map(([account, text]): [string, Balance] => [
      account,
      /^-?[\d.]+$/.test(text) ? { equity: decimal(text) } : { problem: text },
    ]),
  );
}

export function read(file: unknown, options: Partial<PlanFileOptions> = {}): PlanFileResult {
  return readPlanFile(JSON.stringify(file), {
    nowMs: NOW_MS,
    newPlanId: (plan) => planIdOf(plan),
    takerFeeRate: decimal('0.00055'),
    ...options,
  });
}

/** The plans of a file without faults. */
export function plansIn(file: unknown, options: Partial<PlanFileOptions> = {}): readonly Plan[] {
  const result = read(file, options);
  if (!result.ok) throw new Error(result.faults.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  return result.workload.plans;
}

/** Faults as a person sees them. */
export function faultsIn(file: unknown, options: Partial<PlanFileOptions> = {}): string[] {
  const result = read(file, options);
  return result.ok ? [] : result.faults.map(({ path, message }) => `${path}: ${message}`);
}
