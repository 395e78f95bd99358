import type { Action, LimitOrderState } from './decision.ts';
import { isEntry } from './executed.ts';
import type { OrderSpec } from './exchange.ts';
import type { Entry } from './model.ts';
import { opposite } from './level.ts';
import { onTick } from './on-tick.ts';
import { formatOrderLinkId } from './order-link-id.ts';
import { isUnsettled } from './progress.ts';
import type { Draft } from './rule.ts';
import { isBusy, workingOrder } from './view.ts';
import type { View } from './view.ts';

/** The limit-order lane's part of the difference: entries placed, and entries whose time is over cancelled. */
export function limitOrderActions(draft: Draft, state: LimitOrderState, view: View): readonly Action[] {
  if (isBusy(view)) return [];
  const expired = view.own.filter(
    ({ leg }) => isEntry(leg) && draft.ended[leg] !== undefined && draft.noEntries === undefined,
  );
  const cancels = expired.map(({ leg, row }): Action => {
    const cancel = { symbol: row.symbol, orderId: row.orderId };
    return { type: 'cancel', reason: draft.ended[leg] ?? 'ended', budget: 'entry', absolute: true, leg, cancel };
  });
  return [...cancels, ...(mayEnter(draft, view) ? creates(draft, state, view) : [])];
}

/** Exposure is added only where the facts add up (S-19), at an early stage (S-20), with a stop that can work (S-12). */
export function mayEnter({ tpSl: { stage }, conditions, noEntries }: Draft, { hasClosedBooks }: View): boolean {
  const isEarly = stage === 'waiting' || stage === 'open' || stage === 'scaled-out';
  return hasClosedBooks && isEarly && noEntries === undefined && !conditions.has('StopBeyondLiquidation');
}

function creates(draft: Draft, state: LimitOrderState, view: View): readonly Action[] {
  return view.plan.entries.flatMap((planned): readonly Action[] => {
    const wanted = draft.entries.get(planned.leg);
    if (wanted === undefined || workingOrder(view, planned.leg) !== undefined) return [];
    if (isUnsettled(state.placed, planned.leg) || isWithoutPrice(planned, view)) return [];
    const order = orderOf(planned, wanted, state, view);
    return [{ type: 'create', reason: 'not entered yet', budget: 'entry', absolute: true, leg: planned.leg, order }];
  });
}

/** Whether something is only held back until the first price is known: it comes within seconds. */
export function awaitsPrice(draft: Draft, view: View): boolean {
  return view.plan.entries.some((planned) => draft.entries.has(planned.leg) && isWithoutPrice(planned, view));
}

/** A market entry is not sent blindly: its band is judged on a price (S-21). */
function isWithoutPrice({ type }: Entry, { prices }: View): boolean {
  return type === 'Market' && prices === undefined;
}

function orderOf(
  planned: Entry,
  { qty, stopLoss }: { qty: bigint; stopLoss: bigint },
  state: LimitOrderState,
  view: View,
): OrderSpec {
  const { plan, installation } = view;
  const { leg } = planned;
  const generation = state.generations[leg] ?? 0;
  return {
    symbol: plan.symbol,
    positionIdx: plan.positionIdx,
    orderLinkId: formatOrderLinkId({ installation, planId: plan.id, leg, restoreEpoch: plan.restoreEpoch, generation }),
    side: plan.side,
    orderType: planned.type,
    qty,
    ...(planned.type === 'Limit' && { price: onTick(planned.price, opposite(plan.side), view.instrument) }),
    timeInForce: planned.type === 'Limit' ? 'GTC' : 'IOC',
    reduceOnly: false,
    closeOnTrigger: false,
    stopLoss,
    slTriggerBy: plan.stopLoss.triggerBy,
  };
}
