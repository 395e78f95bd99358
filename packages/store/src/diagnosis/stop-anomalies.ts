import { format } from '@backstop/core';
import type { Action, Decimal, OrderRow, Plan, PositionRow, Side } from '@backstop/core';
import type { Finding, Subject } from './anomaly.ts';
import { isLooser } from './is-looser.ts';
import type { Outlook } from './outlook.ts';

/** The exchange takes at most so many conditional orders on a symbol (F-20). */
const MOST_CONDITIONAL = 10;

/** What is wrong with the stop of an open position: missing, of the wrong size or place, doubled, or behind liquidation. */
export function stopAnomalies(subject: Subject): readonly Finding[] {
  const { position } = subject.outlook.snapshot;
  const { plan } = subject.monitor;
  if (position === undefined || position.size === 0n || position.side !== plan.side) return [];
  const [stop] = subject.orders.stops;
  const { stopLoss: level } = position;
  return [
    ...(stop === undefined || level === undefined ? missing(subject, position) : misplaced(subject, level, stop)),
    ...(stop === undefined ? [] : sizeOfStop(stop, position)),
    ...behindLiquidation(plan.side, position),
    ...doubled(subject),
  ];
}

function missing({ monitor: { plan } }: Subject, { size, stopLoss }: PositionRow): Finding[] {
  const what = stopLoss === undefined ? 'the position names no stop' : 'no stop order stands for it';
  return [
    {
      name: 'StopMissing',
      detail: `${format(size)} open, ${what}; planned ${format(plan.stopLoss.triggerPrice)}`,
      endedBy: isSetStop,
      otherwise: { operator: 'set a stop on the exchange by hand if this lasts' },
    },
  ];
}

function misplaced({ monitor: { plan }, outlook }: Subject, level: Decimal, stop: OrderRow): Finding[] {
  const { triggerPrice, triggerBy } = plan.stopLoss;
  const loosest = outlook.decisions['tp-sl'].state.operatorStop?.level ?? triggerPrice;
  const ordered = stop.triggerPrice === undefined ? 'no level' : format(stop.triggerPrice);
  const faults = [
    isLooser(plan.side, level, loosest) && `stands at ${format(level)}, looser than the plan's ${format(loosest)}`,
    isBehind(level, loosest, { plan, outlook }) && `stands at ${format(level)}, looser than what is wanted now`,
    stop.triggerPrice !== level && `its order stands at ${ordered}, the position says ${format(level)}`,
    stop.side === plan.side && `its order points the wrong way (${stop.side})`,
    stop.triggerBy !== triggerBy && `it is triggered by ${stop.triggerBy ?? 'nothing'}, planned ${triggerBy}`,
  ].filter((fault) => fault !== false);
  return faults.map((detail) => ({ name: 'StopMisplaced', detail, endedBy: isSetStop }));
}

/** A step, a time limit or the operator wants it tighter than it stands; breakeven has a name of its own. */
function isBehind(
  level: Decimal,
  loosest: Decimal,
  { plan: { side }, outlook: { wanted, decisions } }: { readonly plan: Plan; readonly outlook: Outlook },
): boolean {
  const { breakeven } = decisions['tp-sl'].state;
  if (isLooser(side, level, loosest)) return false;
  return wanted.some(({ action }) => {
    const goal = action.type === 'set-stop' && isSetStop(action) ? action.stop.triggerPrice : undefined;
    return goal !== undefined && goal !== breakeven && isLooser(side, level, goal);
  });
}

function sizeOfStop({ qty }: OrderRow, { size }: PositionRow): Finding[] {
  if (qty === size) return [];
  const detail = `the stop is for ${format(qty)}, the position ${format(size)}`;
  return [{ name: qty > size ? 'StopTooLarge' : 'StopTooSmall', detail, endedBy: isSetStop, otherwise: FOLLOWS }];
}

const FOLLOWS = {
  backstop: 'nothing is sent: a Full-mode stop follows the position by itself',
  operator: 'if it stays, look at the position on the exchange: the stop may have been set in Partial mode by hand',
};

function behindLiquidation(side: Side, { liqPrice, stopLoss }: PositionRow): Finding[] {
  if (stopLoss === undefined || liqPrice === undefined || liqPrice === 0n) return [];
  if (stopLoss !== liqPrice && !isLooser(side, stopLoss, liqPrice)) return [];
  return [
    {
      name: 'StopBeyondLiquidation',
      detail: `the stop is at ${format(stopLoss)}, liquidation comes at ${format(liqPrice)}`,
      otherwise: { backstop: 'adds no exposure', operator: 'add margin, lower the leverage, or plan a nearer stop' },
    },
  ];
}

function doubled({ orders: { stops }, outlook: { snapshot } }: Subject): Finding[] {
  const conditional = snapshot.orders.filter(({ status }) => status === 'Untriggered').length;
  const faults = [
    stops.length > 1 && `${stops.length} stop orders: ${stops.map(({ orderId }) => orderId).join(', ')}`,
    conditional > MOST_CONDITIONAL && `${conditional} conditional orders, the exchange takes ${MOST_CONDITIONAL}`,
  ].filter((fault) => fault !== false);
  const otherwise = { operator: 'remove those that are too many on the exchange; the tightest stop stays' };
  return faults.map((detail) => ({ name: 'StopDuplicate', detail, otherwise }));
}

/** Not the arming of a trailing stop: that wants the stop to stand already. */
function isSetStop(action: Action): boolean {
  return action.type === 'set-stop' && action.stop.trailing === undefined;
}
