import type { Action, Attempts } from './decision.ts';
import { format } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import { isEntry } from './executed.ts';
import type { AmendSpec, OrderSpec, TrailingSpec } from './exchange.ts';
import { isListedSince } from './is-listed-since.ts';
import { opposite } from './level.ts';
import type { Leg, TakeProfit } from './model.ts';
import { onTick } from './on-tick.ts';
import { canOpen, openerActions } from './opener-actions.ts';
import { formatOrderLinkId } from './order-link-id.ts';
import type { OwnOrder } from './own-orders.ts';
import { isUnsettled } from './progress.ts';
import { externalPolicy, reassertionsOf } from './reassertions.ts';
import type { Draft, WantedEntry } from './rule.ts';
import { executedQty, isBusy, isStopFiring, workingOrder } from './view.ts';
import type { View } from './view.ts';

/** The tp-sl lane's part of the difference between what is wanted and what works, in the order of S-15. */
export function tpSlActions(draft: Draft, view: View): readonly Action[] {
  if (isBusy(view)) return [];
  return [
    ...stopActions(draft, view),
    ...trailingActions(draft, view),
    ...entryActions(draft, view),
    ...openerActions(view),
    ...exitActions(draft, view),
    ...ladderStep(draft, view),
    ...extras(view),
  ];
}

/** The position's stop is set where either row differs (S-03, S-05); not while it fires (S-06). */
function stopActions({ stop, isStopHeld }: Draft, view: View): readonly Action[] {
  if (stop === undefined || isStopHeld || isStopFiring(view) || isStopInPlace(stop, view)) return [];
  const { plan } = view;
  return [
    {
      type: 'set-stop',
      reason: view.position?.stopLoss === undefined ? 'no stop' : 'the stop differs from what is wanted',
      budget: 'protective',
      absolute: true,
      stop: {
        symbol: plan.symbol,
        positionIdx: plan.positionIdx,
        triggerPrice: stop,
        triggerBy: plan.stopLoss.triggerBy,
      },
    },
  ];
}

/**
 * Armed beside a stop that stands, which goes in the same request: nobody has confirmed yet what an omitted field does. While
 * the row shows the distance it is never sent again, and what was acknowledged gets a second to be listed (S-10). Only on closed
 * books: before that it may be another position already (S-19).
 */
function trailingActions(draft: Draft, view: View): readonly Action[] {
  const { stop, trailing } = draft;
  if (stop === undefined || trailing === undefined || isStopFiring(view) || !isStopInPlace(stop, view)) return [];
  if (!view.hasClosedBooks || isTrailed(trailing, draft, view)) return [];
  const { plan } = view;
  return [
    {
      type: 'set-stop',
      reason: `arms the trailing stop at a distance of ${format(trailing.distance)}`,
      budget: 'protective',
      absolute: false,
      stop: {
        symbol: plan.symbol,
        positionIdx: plan.positionIdx,
        triggerPrice: stop,
        triggerBy: plan.stopLoss.triggerBy,
        trailing,
      },
    },
  ];
}

function isTrailed(
  { distance }: TrailingSpec,
  { tpSl: { armedTrailing } }: Draft,
  { position, snapshot }: View,
): boolean {
  if (position?.trailingStop === distance) return true;
  return armedTrailing?.distance === distance && !isListedSince(armedTrailing.sinceMs, snapshot);
}

/**
 * Whether both rows show the level and its source. The quantity is not asked for: a Full-mode stop follows the position by
 * itself (S-01), setting it again would change nothing, and two listings are two instants.
 */
export function isStopInPlace(stop: Decimal, { plan, position, stopRow }: View): boolean {
  if (position?.stopLoss !== stop || stopRow === undefined) return false;
  const { triggerPrice, triggerBy, side } = stopRow;
  return triggerPrice === stop && triggerBy === plan.stopLoss.triggerBy && side === opposite(plan.side);
}

function entryActions(draft: Draft, view: View): readonly Action[] {
  return view.own.flatMap((order) => {
    if (!isEntry(order.leg) || isExtra(order, view)) return [];
    if (draft.noEntries !== undefined) return [cancelEntry(order, draft.noEntries)];
    const wanted = draft.entries.get(order.leg);
    return wanted === undefined || isStopFiring(view) ? [] : attachedStopActions(order, wanted, view);
  });
}

/** A resting entry carries the stop in force; a partly filled one can no longer be told, so its rest goes (S-02). */
function attachedStopActions(order: OwnOrder, { stopLoss }: WantedEntry, { plan, tpSl }: View): readonly Action[] {
  const { leg, row } = order;
  if (row.stopLoss === stopLoss) return [];
  const isFixed = row.cumExecQty > 0n || isRefusedAsPartlyFilled(tpSl.attempts, leg);
  if (isFixed) return [cancelEntry(order, 'its attached stop can no longer be moved')];

  return [
    {
      type: 'amend',
      reason: 'its attached stop differs from the stop in force',
      budget: 'protective',
      absolute: true,
      leg,
      amend: { symbol: row.symbol, orderId: row.orderId, stopLoss, slTriggerBy: plan.stopLoss.triggerBy },
    },
  ];
}

function isRefusedAsPartlyFilled(attempts: Readonly<Record<string, Attempts>>, leg: Leg): boolean {
  return Object.entries(attempts).some(
    ([key, { reason }]) => key.startsWith(`amend:${leg}:`) && reason === 'partly-filled',
  );
}

function cancelEntry({ leg, row }: OwnOrder, reason: string): Action {
  const cancel = { symbol: row.symbol, orderId: row.orderId };
  return { type: 'cancel', reason, budget: 'protective', absolute: true, leg, cancel };
}

function exitActions({ exitNow, tpSl }: Draft, view: View): readonly Action[] {
  if (!exitNow) return [];
  const order = { ...closing(view, 'x', tpSl.generations), orderType: 'Market', qty: 0n, timeInForce: 'IOC' } as const;
  const reason = tpSl.exit?.reason ?? 'exit';
  return [
    {
      type: 'create',
      reason,
      budget: 'protective',
      absolute: true,
      leg: 'x',
      order: { ...order, closeOnTrigger: true },
    },
  ];
}

interface LadderAction {
  readonly action: Action;
  readonly isIncrease: boolean;
}

/** What gives capacity back goes first, and is seen to have gone before anything takes it (S-18). */
function ladderStep(draft: Draft, view: View): readonly Action[] {
  const ladder = ladderActions(draft, view);
  const decreases = ladder.filter(({ isIncrease }) => !isIncrease);
  return (decreases.length > 0 ? decreases : ladder).map(({ action }) => action);
}

function ladderActions(draft: Draft, view: View): readonly LadderAction[] {
  const { takeProfits } = draft;
  if (takeProfits === undefined) return [];
  return view.plan.takeProfits.flatMap((rung) => rungActions(rung, takeProfits.get(rung.leg) ?? 0n, draft, view));
}

function rungActions(rung: TakeProfit, target: Decimal, draft: Draft, view: View): readonly LadderAction[] {
  const order = workingOrder(view, rung.leg);
  if (order === undefined) return createRung(rung, target, draft, view);
  if (canOpen(order)) return [];

  const { row } = order;
  const { leg } = rung;
  if (target === 0n) return [{ action: cancelRung(order, draft), isIncrease: false }];

  const qty = row.cumExecQty + target;
  const isIncrease = target > row.leavesQty;
  const isCut = isIncrease && draft.tpSl.asked?.[leg] === qty;
  const change = {
    ...(target !== row.leavesQty && !isCut && { qty }),
    ...(isPriceWrong(row.price, rung, draft, view) && { price: onTick(rung.price, view.plan.side, view.instrument) }),
  };
  return amendRung(order, change, isIncrease);
}

function amendRung(
  { leg, row }: OwnOrder,
  change: Pick<AmendSpec, 'qty' | 'price'>,
  isIncrease: boolean,
): readonly LadderAction[] {
  if (change.qty === undefined && change.price === undefined) return [];
  const reason = change.qty === undefined ? 'its price differs from the plan' : "the position's size changed";
  const amend = { symbol: row.symbol, orderId: row.orderId, ...change };
  return [{ action: { type: 'amend', reason, budget: 'take-profit', absolute: false, leg, amend }, isIncrease }];
}

/** A price that somebody changed is put back where the plan wants that, and not for ever. */
function isPriceWrong(price: Decimal | undefined, rung: TakeProfit, { tpSl }: Draft, view: View): boolean {
  if (!isWorsePrice(price, rung, view)) return false;
  const { policy, mostReassertions } = externalPolicy(view.plan);
  return policy !== 'respect' && reassertionsOf(tpSl, `${rung.leg}:price`, view) < mostReassertions;
}

/** A price that the exchange moved in our favour is no difference (S-28). */
function isWorsePrice(price: Decimal | undefined, rung: TakeProfit, { plan }: View): boolean {
  return price !== undefined && (plan.side === 'Buy' ? price < rung.price : price > rung.price);
}

function createRung(rung: TakeProfit, target: Decimal, draft: Draft, view: View): readonly LadderAction[] {
  const { leg, price } = rung;
  if (target < view.instrument.minOrderQty || target === 0n || isUnsettled(draft.tpSl.placed, leg)) return [];
  const order: OrderSpec = {
    ...closing(view, leg, draft.tpSl.generations),
    orderType: 'Limit',
    qty: target,
    price: onTick(price, view.plan.side, view.instrument),
    timeInForce: 'GTC',
  };
  const reason = executedQty(view, leg) > 0n ? 'open again for a later fill' : 'missing';
  return [{ action: { type: 'create', reason, budget: 'take-profit', absolute: true, leg, order }, isIncrease: true }];
}

function cancelRung({ leg, row }: OwnOrder, { tpSl }: Draft): Action {
  const isExit = tpSl.exit !== undefined;
  const cancel = { symbol: row.symbol, orderId: row.orderId };
  const reason = isExit ? 'the exit needs its capacity' : 'nothing left for it';
  return { type: 'cancel', reason, budget: isExit ? 'protective' : 'take-profit', absolute: true, leg, cancel };
}

/** Whatever closes is reduce-only by its role (F-21). */
function closing(
  { plan, installation }: View,
  leg: Leg,
  generations: Draft['tpSl']['generations'],
): Pick<OrderSpec, 'symbol' | 'positionIdx' | 'orderLinkId' | 'side' | 'reduceOnly' | 'closeOnTrigger'> {
  const { id: planId, restoreEpoch } = plan;
  return {
    symbol: plan.symbol,
    positionIdx: plan.positionIdx,
    orderLinkId: formatOrderLinkId({ installation, planId, leg, restoreEpoch, generation: generations[leg] ?? 0 }),
    side: opposite(plan.side),
    reduceOnly: true,
    closeOnTrigger: false,
  };
}

/** A second order under one leg is never wanted (F-20). */
function extras(view: View): readonly Action[] {
  return view.own
    .filter((order) => isExtra(order, view))
    .map(({ leg, row }) => ({
      type: 'cancel',
      reason: 'a second order of its leg',
      budget: isEntry(leg) ? 'protective' : 'clean-up',
      absolute: true,
      leg,
      cancel: { symbol: row.symbol, orderId: row.orderId },
    }));
}

function isExtra(order: OwnOrder, view: View): boolean {
  return workingOrder(view, order.leg) !== order;
}
