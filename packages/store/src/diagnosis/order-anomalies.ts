import { format, sum } from '@backstop/core';
import type { Action, Leg, OrderRow } from '@backstop/core';
import type { Finding, Subject } from './anomaly.ts';

/** What is wrong with our orders: take-profits that do not cover the position, entries that should be gone, doubled legs. */
export function orderAnomalies(subject: Subject): readonly Finding[] {
  const cover = coverOf(subject);
  return [
    ...cover,
    ...(cover.length > 0 ? [] : differingTakeProfits(subject)),
    ...activeAfterCancel(subject),
    ...differingEntries(subject),
    ...duplicateLegs(subject),
    ...notReduceOnly(subject),
  ];
}

/** F-02, F-03: the open take-profits, with what others' reduce-only orders hold, against the position. */
function coverOf(subject: Subject): Finding[] {
  const { monitor, outlook, orders } = subject;
  const { position } = outlook.snapshot;
  const { side } = monitor.plan;
  if (position === undefined || position.size === 0n || position.side !== side) return [];
  const own = orders.own.filter(({ leg }) => isTakeProfit(leg)).map(({ row }) => row.leavesQty);
  const held = sum(orders.foreign.filter((row) => holdsCapacity(row, side)).map(({ leavesQty }) => leavesQty));
  const missing = position.size - sum(own) - held;
  const others = held === 0n ? '' : ` and ${format(held)} of others' orders`;
  const detail = `${own.length} take-profits for ${format(sum(own))}${others}, the position is ${format(position.size)}`;

  if (missing < 0n) return [{ name: 'TakeProfitsTooLarge', detail, endedBy: isTakeProfitAction }];
  if (missing === 0n || !wantsWholeLadder(subject) || missing < outlook.snapshot.instrument.minOrderQty) return [];
  return [{ name: 'TakeProfitsTooSmall', detail, endedBy: isTakeProfitAction }];
}

/** Not before anything was entered, nor while the position is left by other ways, nor where somebody's will is respected. */
function wantsWholeLadder({ monitor: { plan }, outlook }: Subject): boolean {
  const { exit, stage, dropped = [] } = outlook.decisions['tp-sl'].state;
  if (dropped.length > 0) return false;
  return plan.takeProfits.length > 0 && exit === undefined && (stage === 'open' || stage === 'scaled-out');
}

/** F-28: the sum is right, and yet a leg has another size or price than it should. */
function differingTakeProfits({ outlook, orders }: Subject): Finding[] {
  const wanted = outlook.wanted.filter(({ action }) => isTakeProfitAction(action));
  const openers = new Set(orders.own.filter(({ row }) => !row.reduceOnly).map(({ leg }) => leg));
  const legs = wanted.flatMap(({ action }) => ('leg' in action && !openers.has(action.leg) ? [action.leg] : []));
  if (legs.length === 0) return [];
  const detail = `${legs.join(', ')} ${legs.length === 1 ? 'differs' : 'differ'} from the plan's ladder`;
  return [{ name: 'TakeProfitsDiffer', detail, endedBy: isTakeProfitAction }];
}

/** F-03, F-26: an entry still works although it may not add exposure any more. */
function activeAfterCancel({ outlook, orders }: Subject): Finding[] {
  return outlook.wanted.flatMap(({ action }) => {
    if (action.type !== 'cancel' || !isEntry(action.leg)) return [];
    const row = orders.own.find((order) => order.row.orderId === action.cancel.orderId)?.row;
    const size = row === undefined ? '' : ` with ${format(row.leavesQty)}${atPrice(row)}`;
    const endedBy = (other: Action): boolean => other === action;
    return [{ name: 'EntryStillActive', detail: `${action.leg} works${size}: ${action.reason}`, endedBy }];
  });
}

/** S-02: a fill of it would put another stop on the position than the one in force. */
function differingEntries({ outlook }: Subject): Finding[] {
  return outlook.wanted.flatMap(({ action }) =>
    action.type === 'amend' && isEntry(action.leg)
      ? [
          {
            name: 'EntryDiffers',
            detail: `${action.leg}: ${action.reason}`,
            endedBy: (other: Action) => other === action,
          },
        ]
      : [],
  );
}

/** F-20, F-23: two orders for one leg. */
function duplicateLegs({ orders: { own } }: Subject): Finding[] {
  const byLeg = Map.groupBy(own, ({ leg }) => leg);
  return [...byLeg].flatMap(([leg, orders]) => {
    if (orders.length < 2) return [];
    const ids = new Set(orders.map(({ row }) => row.orderId));
    const endedBy = (action: Action): boolean => action.type === 'cancel' && ids.has(action.cancel.orderId);
    const detail = `${orders.length} orders work for ${leg}: ${orders.map(({ row }) => row.orderLinkId).join(', ')}`;
    return [{ name: 'LegDuplicate', detail, endedBy }];
  });
}

/** F-21: what closes must never be able to open. */
function notReduceOnly({ orders: { own } }: Subject): Finding[] {
  const open = own.filter(({ leg, row }) => !isEntry(leg) && !row.reduceOnly);
  return open.map(({ leg, row }): Finding => ({
    name: 'NotReduceOnly',
    detail: `${leg} (${row.orderLinkId}) can open a position`,
    endedBy: (action) => action.type === 'cancel' && action.cancel.orderId === row.orderId,
    otherwise: { operator: 'cancel it on the exchange; Backstop places it anew' },
  }));
}

function holdsCapacity({ reduceOnly, side, status }: OrderRow, ours: string): boolean {
  return reduceOnly && side !== ours && status !== 'Untriggered';
}

function isTakeProfitAction(action: Action): boolean {
  return 'leg' in action && isTakeProfit(action.leg);
}

function isTakeProfit(leg: Leg): boolean {
  return leg.startsWith('t');
}

function isEntry(leg: Leg): boolean {
  return leg.startsWith('e');
}

function atPrice({ price }: OrderRow): string {
  return price === undefined ? '' : ` at ${format(price)}`;
}
