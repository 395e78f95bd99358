import type { Decimal } from './decimal.ts';
import { executedBy, isOpening, isTakeProfit } from './executed.ts';
import { distribute } from './ladder.ts';
import type { Rung } from './ladder.ts';
import type { Leg, TakeProfitLeg } from './model.ts';
import { executedQty, workingOrder } from './view.ts';
import type { View } from './view.ts';

/**
 * The take-profits that are filled: those that were once, and those that have executed their share of what came in
 * (S-17, F-07). Counted from executions alone, which are consistent among themselves. What the stop, an exit or a
 * liquidation that ends the position took does not shrink the share; what a deleveraging took of one that goes on does, as the
 * ladder is made for what is left. While none has executed
 * anything none is filled, whatever a state says that was restored or written by hand (F-18).
 */
export function filledTakeProfits(view: View): readonly Leg[] {
  const { snapshot, plan, tpSl } = view;
  const { executed } = snapshot;
  if (executedBy(executed, isTakeProfit).qty === 0n)
    return tpSl.filledTakeProfits.length === 0 ? tpSl.filledTakeProfits : [];

  const { stoodBefore = 0n } = tpSl;
  const deleveraged = view.size > 0n ? executedQty(view, 'liquidation') : 0n; // what is left of the position is all there is to share
  const out = executedQty(view, 'external-out') + deleveraged;
  const entered = executedBy(executed, (by) => isOpening(by)).qty + stoodBefore - out;
  const fresh = plan.takeProfits.map((rung) => ({ ...rung, executed: 0n, executedOfWorking: 0n, isFilled: false }));
  const { targets, hosts } = distribute(entered > 0n ? entered : 0n, fresh, ladderRules(view));

  const isFilled = (leg: TakeProfitLeg): boolean => {
    const carrier = hostOf(leg, hosts);
    const target = targets.get(carrier) ?? 0n;
    return target > 0n && target - executedQty(view, carrier) < view.instrument.qtyStep; // less than a step cannot be ordered
  };
  const now = plan.takeProfits
    .map(({ leg }) => leg)
    .filter((leg) => tpSl.filledTakeProfits.includes(leg) || isFilled(leg));
  return now.length === tpSl.filledTakeProfits.length ? tpSl.filledTakeProfits : now;
}

/** The plan's ladder with its progress. */
export function rungsOf(view: View, filled: readonly Leg[]): readonly Rung[] {
  return view.plan.takeProfits.map((takeProfit) => ({
    ...takeProfit,
    executed: executedQty(view, takeProfit.leg),
    executedOfWorking: workingOrder(view, takeProfit.leg)?.row.cumExecQty ?? 0n,
    isFilled: filled.includes(takeProfit.leg),
  }));
}

export function ladderRules({ instrument, exitMinNotional }: View): {
  qtyStep: Decimal;
  minOrderQty: Decimal;
  exitMinNotional: Decimal;
} {
  return { qtyStep: instrument.qtyStep, minOrderQty: instrument.minOrderQty, exitMinNotional };
}

function hostOf(leg: TakeProfitLeg, hosts: ReadonlyMap<TakeProfitLeg, TakeProfitLeg>): TakeProfitLeg {
  const host = hosts.get(leg);
  return host === undefined ? leg : hostOf(host, hosts);
}
