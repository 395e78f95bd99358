import { min } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import { isEntry } from './executed.ts';
import type { Executed, ExecutedBy, Execution } from './facts.ts';
import { parseOrderLinkId } from './order-link-id.ts';

const TRADES: ReadonlySet<string> = new Set(['Trade', 'BlockTrade', 'MovePosition', 'FutureSpread']);
/** Rows that move money and no position. */
const NO_TRADES: ReadonlySet<string> = new Set(['Funding', 'CorporateAction']);
const FORCED: ReadonlySet<string> = new Set(['BustTrade', 'AdlTrade', 'Settle', 'Delivery']);

export type Attributed = Executed & { readonly by: ExecutedBy };

/**
 * Whom an execution belongs to, as one or two sums; empty = it is no trade (funding; S-27), or of a kind that nobody knows and
 * not of an order of ours: what our own orders execute is a fill, whatever the exchange calls it (F-05). Ours by
 * orderLinkId, the position's Full stop by its empty id and kind, forced closes by execType; everything else is external.
 * An execution that turns the position round is split: its closed part went out, the rest came in (S-23). The same holds for
 * an entry of ours that meets somebody's opposite position: what it closed was never ours.
 */
export function attribute(
  execution: Execution,
  who: { readonly installation: string; readonly planId: string },
): readonly Attributed[] {
  const { execType, qty, closedSize } = execution;
  if (FORCED.has(execType)) return [part(execution, 'liquidation', qty)];
  if (NO_TRADES.has(execType)) return [];

  const own = ownLeg(execution, who);
  if (own === undefined && !isKnownKind(execType)) return [];
  if (own !== undefined && !isEntry(own)) return [part(execution, own, qty)];

  const opened = own ?? 'external-in';
  if (closedSize <= 0n) return [part(execution, opened, qty)];
  const closed = part(execution, 'external-out', min(closedSize, qty));
  return closedSize >= qty ? [closed] : [closed, rest(execution, opened, closed)];
}

/** Whether it is known what an execution of this kind does. One that is not is no part of any sum unless our id is on it. */
export function isKnownKind(execType: string): boolean {
  return TRADES.has(execType) || FORCED.has(execType) || NO_TRADES.has(execType);
}

function ownLeg(execution: Execution, who: { installation: string; planId: string }): ExecutedBy | undefined {
  const { orderLinkId, stopOrderType, createType } = execution;
  if (orderLinkId === '') return stopOf(stopOrderType, createType);
  const identity = parseOrderLinkId(orderLinkId);
  return identity?.installation === who.installation && identity.planId === who.planId ? identity.leg : undefined;
}

/** The position's own stops have an empty id and tell by their kind which of the two they are. */
function stopOf(stopOrderType: string, createType: string): ExecutedBy | undefined {
  if (stopOrderType === 'TrailingStop' || createType === 'CreateByTrailingStop') return 'stop-trailing';
  return stopOrderType === 'StopLoss' || createType === 'CreateByStopLoss' ? 'stop' : undefined;
}

function part(execution: Execution, by: ExecutedBy, qty: Decimal): Attributed {
  const { qty: whole, value, fee } = execution;
  return { by, qty, value: (value * qty) / whole, fee: (fee * qty) / whole };
}

/** What is left of an execution beside one part: no unit of value is lost in the division. */
function rest({ qty, value, fee }: Execution, by: ExecutedBy, taken: Attributed): Attributed {
  return { by, qty: qty - taken.qty, value: value - taken.value, fee: fee - taken.fee };
}
