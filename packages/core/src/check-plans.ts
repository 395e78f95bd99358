import type { Fault } from './check-plan.ts';
import { checkPlan } from './check-plan.ts';
import type { Instrument, Plan } from './model.ts';

export type { Fault } from './check-plan.ts';

/** What plans are checked against. Time is Redis time in ms. */
export interface Market {
  readonly nowMs: number;
  /** Names of the accounts that are configured. */
  readonly accounts: ReadonlySet<string>;
  /** Plans that are active already. */
  readonly existing?: readonly Plan[];
  /** Accounts in hedge mode; all others are one-way. */
  readonly hedgeAccounts?: ReadonlySet<string>;
}

/**
 * Everything that is wrong with `plans` in the domain's terms, all at once, each fault with its path
 * (`plans[3].takeProfits[1].price`). Empty = they may be accepted together.
 */
export function checkPlans(
  plans: readonly Plan[],
  instruments: ReadonlyMap<string, Instrument>,
  at: Market,
): readonly Fault[] {
  return plans.flatMap((plan, index) => {
    const path = `plans[${index}]`;
    const others = [...(at.existing ?? []), ...plans.slice(0, index)].filter(
      ({ account, symbol }) => account === plan.account && symbol === plan.symbol,
    );
    return [
      ...checkAccount(plan, path, at),
      ...checkMode(plan, path, at.hedgeAccounts?.has(plan.account) ?? false),
      ...checkOthers(plan, path, others),
      ...checkPlan(plan, path, instruments.get(plan.symbol), at.nowMs),
    ];
  });
}

function checkAccount({ account }: Plan, path: string, { accounts }: Market): readonly Fault[] {
  if (accounts.has(account)) return [];
  return [{ path: `${path}.account`, message: `unknown account ${account}` }];
}

function checkMode({ positionIdx, side }: Plan, path: string, isHedge: boolean): readonly Fault[] {
  const expected = isHedge ? (side === 'Buy' ? 1 : 2) : 0;
  if (positionIdx === expected) return [];
  const mode = isHedge ? 'in hedge mode' : 'in one-way mode';
  return [{ path: `${path}.positionIdx`, message: `must be ${expected} for a ${side} plan on an account ${mode}` }];
}

function checkOthers(plan: Plan, path: string, others: readonly Plan[]): readonly Fault[] {
  const { account, symbol, positionIdx, side } = plan;
  const same = others.filter((other) => other.positionIdx === positionIdx);
  if (same.some((other) => other.side !== side)) {
    return [{ path: `${path}.side`, message: `Buy and Sell plans on ${symbol} exclude each other in one-way mode` }];
  }
  if (same.length === 0) return [];
  return [{ path, message: `duplicate plan for (${account}, ${symbol}, ${positionIdx})` }];
}
