import { setStopKey } from './action-key.ts';
import type { Decimal } from './decimal.ts';
import type { ExitReason } from './decision.ts';
import { isThrough, isTighter, triggerPriceOf } from './level.ts';
import { onTick } from './on-tick.ts';
import { withExit } from './rule.ts';
import type { Draft } from './rule.ts';
import { pricesSinceFill } from './view.ts';
import type { View } from './view.ts';

/** Where a rule wants the stop, what to do where the market is through that already (S-09), and how an exit is called. */
export interface StopMove {
  readonly level: Decimal;
  readonly ifThrough: 'exit' | 'keep';
  readonly reason: ExitReason;
}

/**
 * Tightens the wanted stop to a level; a looser one changes nothing. Where the market is already through and the stop does
 * not stand there: exit, or the tightest confirmed level that is not through (S-09, F-19).
 */
export function moveStop(draft: Draft, view: View, { level: asked, ifThrough, reason }: StopMove): Draft {
  const { stop } = draft;
  const level = onTick(asked, view.plan.side, view.instrument);
  if (stop === undefined || !isTighter(view.plan.side, level, stop)) return draft;
  if (isInPlace(level, view) || !isAlreadyThrough(level, draft, view)) return { ...draft, stop: level };

  const held = { ...draft, stop: tightestOutside(stop, view) };
  return ifThrough === 'exit' ? withExit(held, reason, view.nowMs) : held;
}

function isInPlace(level: Decimal, { position, stopRow }: View): boolean {
  return position?.stopLoss === level && stopRow?.triggerPrice === level;
}

/**
 * By prices from after the last fill, or because the exchange said so. A level that it acknowledged stands or has fired,
 * whatever older rows show: moving the stop back would loosen it.
 */
function isAlreadyThrough(level: Decimal, { tpSl }: Draft, view: View): boolean {
  const { plan } = view;
  if (tpSl.attempts[setStopKey(level)]?.reason === 'through-market') return true;
  if (tpSl.acknowledgedStop === level) return false;
  const prices = pricesSinceFill(view, tpSl);
  return prices !== undefined && isThrough(plan.side, level, triggerPriceOf(prices, plan.stopLoss.triggerBy));
}

function tightestOutside(wanted: Decimal, { plan, prices, tpSl, position, instrument }: View): Decimal {
  const price = prices && triggerPriceOf(prices, plan.stopLoss.triggerBy);
  const levels = [tpSl.confirmedStop, tpSl.acknowledgedStop, position?.stopLoss];
  const confirmed = levels.flatMap((level) => (level === undefined ? [] : onTick(level, plan.side, instrument)));
  const standing = confirmed.filter((level) => price === undefined || !isThrough(plan.side, level, price));
  return standing.reduce((best, level) => (isTighter(plan.side, level, best) ? level : best), wanted);
}
