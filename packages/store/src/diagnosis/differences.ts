import { format } from '@backstop/core';
import type { Action, Decimal, Leg, OrderRow } from '@backstop/core';
import type { MonitorPicture } from '../monitor-picture.ts';
import { ordersOf, type PlannedOrder } from './orders-of.ts';
import type { Outlook, WantedAction } from './outlook.ts';

/** One thing that is wanted, or that works, with what is to be done about it. */
export interface Difference {
  /** `stop`, or the leg of an order. */
  readonly item: 'stop' | Leg;
  readonly verb: 'keep' | Action['type'];
  readonly desired: string;
  readonly observed: string;
  readonly reason: string;
  /** Why it is not sent in this moment; absent = the next check sends it, or there is nothing to send. */
  readonly held?: string;
}

const NONE = '-';

/** Desired against observed, item by item: the stop, then orders by leg. Pure; nothing of the position is left out. */
export function differences({ plan }: MonitorPicture, outlook: Outlook): readonly Difference[] {
  const { wanted, snapshot } = outlook;
  const { own } = ordersOf(snapshot.orders, plan);
  const orders = own.map((order) => orderDifference(order, wanted));
  const missing = wanted.flatMap(creation);
  return [...stopDifference(outlook), ...[...orders, ...missing].toSorted((a, b) => (a.item < b.item ? -1 : 1))];
}

function stopDifference({ snapshot, wanted }: Outlook): readonly Difference[] {
  const { position, orders } = snapshot;
  if (position === undefined || position.size === 0n) return [];

  const [row] = ordersOf(orders, undefined).stops;
  const stands = level(position.stopLoss, position.trailingStop);
  const observed = position.stopLoss === undefined ? stands : `${stands} ${stopRow(row)}`;
  for (const { action, held } of wanted) {
    if (action.type !== 'set-stop') continue;
    const { triggerPrice, trailing } = action.stop;
    const desired = level(triggerPrice, trailing?.distance ?? position.trailingStop);
    const { reason } = action;
    return [{ item: 'stop', verb: 'set-stop', desired, observed, reason, ...(held !== undefined && { held }) }];
  }
  return [{ item: 'stop', verb: 'keep', desired: stands, observed, reason: 'nothing else is wanted' }];
}

function level(stopLoss: Decimal | undefined, trailing: Decimal | undefined): string {
  const fixed = stopLoss === undefined ? NONE : format(stopLoss);
  return trailing === undefined || trailing === 0n ? fixed : `${fixed}, trailing by ${format(trailing)}`;
}

function stopRow(row: OrderRow | undefined): string {
  return row === undefined ? '(no stop order)' : `(${row.status}, ${format(row.qty)})`;
}

function orderDifference({ leg, row }: PlannedOrder, wanted: readonly WantedAction[]): Difference {
  const observed = text(row);
  for (const { action, held } of wanted) {
    const about = { item: leg, observed, reason: action.reason, ...(held !== undefined && { held }) };
    if (action.type === 'cancel' && action.cancel.orderId === row.orderId)
      return { ...about, verb: 'cancel', desired: NONE };
    if (action.type === 'amend' && action.amend.orderId === row.orderId) {
      const { qty = row.qty, price = row.price, stopLoss = row.stopLoss } = action.amend;
      return { ...about, verb: 'amend', desired: text({ leavesQty: qty - row.cumExecQty, price, stopLoss }) };
    }
  }
  return { item: leg, verb: 'keep', desired: observed, observed, reason: 'as wanted' };
}

function creation({ action, held }: WantedAction): readonly Difference[] {
  if (action.type !== 'create') return [];
  const { qty, price, stopLoss } = action.order;
  const desired = action.leg === 'x' ? 'the whole position at the market' : text({ leavesQty: qty, price, stopLoss });
  const { leg: item, reason } = action;
  return [{ item, verb: 'create', desired, observed: NONE, reason, ...(held !== undefined && { held }) }];
}

function text({
  leavesQty,
  price,
  stopLoss,
}: Pick<OrderRow, 'leavesQty'> & {
  readonly price?: bigint | undefined;
  readonly stopLoss?: bigint | undefined;
}): string {
  const at = price === undefined || price === 0n ? 'at the market' : `at ${format(price)}`;
  return `${format(leavesQty)} ${at}${stopLoss === undefined ? '' : `, stop ${format(stopLoss)}`}`;
}
