import { format } from '@backstop/core';
import type { Action, Decimal, Plan, Prices, TpSlState } from '@backstop/core';
import type { Finding, Subject } from './anomaly.ts';
import { isLooser } from './is-looser.ts';

/** F-01, F-18: the take-profit that moves the stop has filled, and the stop has not moved. */
export function breakevenAnomalies({ monitor: { plan }, outlook }: Subject): readonly Finding[] {
  const { position, prices } = outlook.snapshot;
  const { state } = outlook.decisions['tp-sl'];
  const leg = filledLeg(plan, state);
  if (leg === undefined || position === undefined || position.size === 0n || position.side !== plan.side) return [];

  const { breakeven: level } = state;
  const { stopLoss } = position;
  if (isMoved(stopLoss, level, plan) || isKeptOut(level, plan, prices)) return [];
  const wanted = level === undefined ? 'its level is not known while the books are open' : `wanted ${format(level)}`;
  const stands = stopLoss === undefined ? 'there is no stop' : `the stop is at ${format(stopLoss)}`;
  const detail = `${leg} is filled, ${stands}, ${wanted}`;
  return [{ name: 'BreakevenMissing', detail, endedBy: movesOrLeaves }];
}

/** Where the market is through the level already the position is left instead (S-09). */
function movesOrLeaves(action: Action): boolean {
  return action.type === 'set-stop' || (action.type === 'create' && action.leg === 'x');
}

/** The take-profit that moves the stop, once it is filled, unless the position is left for another reason or the operator has set a stop. */
function filledLeg(
  { breakeven, takeProfits }: Plan,
  { filledTakeProfits, exit, operatorStop }: TpSlState,
): string | undefined {
  const leg = breakeven === undefined ? undefined : takeProfits[breakeven.afterTakeProfit - 1]?.leg;
  const isLeaving = exit !== undefined && exit.reason !== 'through-breakeven';
  if (operatorStop !== undefined || isLeaving) return undefined;
  return leg !== undefined && filledTakeProfits.includes(leg) ? leg : undefined;
}

/** At the level or tighter; where that is not known, anywhere tighter than planned. */
function isMoved(stopLoss: Decimal | undefined, level: Decimal | undefined, { side, stopLoss: plan }: Plan): boolean {
  if (stopLoss === undefined) return false;
  return level === undefined ? isLooser(side, plan.triggerPrice, stopLoss) : !isLooser(side, stopLoss, level);
}

/** Whether the market is through the level already and the plan says to keep what stands then (F-19). */
function isKeptOut(level: Decimal | undefined, { side, breakeven }: Plan, prices: Prices | undefined): boolean {
  if (level === undefined || prices === undefined || breakeven?.ifThrough !== 'keep') return false;
  return !isLooser(side, level, prices.last);
}
