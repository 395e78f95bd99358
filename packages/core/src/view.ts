import type { Context } from './context.ts';
import type { Decimal } from './decimal.ts';
import type { LimitOrderState, TpSlState } from './decision.ts';
import { executedBy, isOwnOpening, NOTHING } from './executed.ts';
import type { Executed, ExecutedBy, OrderRow, PositionRow, Prices, Snapshot } from './facts.ts';
import { hasClosedBooks } from './has-closed-books.ts';
import { initialState } from './initial-state.ts';
import type { Instrument, Lane, Leg, Plan } from './model.ts';
import { ordersByOwner } from './own-orders.ts';
import type { OwnOrder } from './own-orders.ts';
import { withAdopted } from './with-adopted.ts';

const PRICES_SERVE_FOR_MS = 15_000;

/** What the facts say about one plan, in its own terms. Built once per decision and read by every rule. */
export interface View {
  readonly plan: Plan;
  readonly snapshot: Snapshot;
  readonly instrument: Instrument;
  readonly installation: string;
  readonly nowMs: number;
  readonly exitMinNotional: Decimal;
  /** Prices that are fresh enough to judge by. */
  readonly prices: Prices | undefined;
  /** The position on the plan's side; undefined = flat, or somebody turned it round. */
  readonly position: PositionRow | undefined;
  readonly size: Decimal;
  readonly hasClosedBooks: boolean;
  /** All our entries together, and what was adopted. */
  readonly entered: Executed;
  readonly own: readonly OwnOrder[];
  readonly working: ReadonlyMap<Leg, OwnOrder>;
  readonly stopRow: OrderRow | undefined;
  readonly trailingRow: OrderRow | undefined;
  readonly foreign: readonly OrderRow[];
  /** What was executed per identity since the last decision of the tp-sl lane. */
  readonly fills: ReadonlyMap<ExecutedBy, Executed>;
  /** The tp-sl lane's state as it was recorded. */
  readonly tpSl: TpSlState;
  readonly limitOrder: LimitOrderState;
  /** False where the limit-order lane's state was not given: then nothing is concluded from it. */
  readonly knowsLimitOrder: boolean;
}

/** `limitOrder` is that lane's state, where it is known. */
export function viewOf(read: Snapshot, context: Omit<Context<Lane>, 'state'>, limitOrder?: LimitOrderState): View {
  const snapshot = withAdopted(read, context.plan);
  const { plan, tpSl, installation, nowMs, exitMinNotional = 0n } = context;
  const { own, working, stop, trailing, foreign } = ordersByOwner(snapshot, plan, installation);
  const position = positionOf(snapshot, plan);

  return {
    plan,
    snapshot,
    instrument: snapshot.instrument,
    installation,
    nowMs,
    exitMinNotional,
    prices: freshPrices(snapshot, nowMs),
    position,
    size: position?.size ?? 0n,
    hasClosedBooks: hasClosedBooks(snapshot, tpSl.stoodBefore),
    entered: executedBy(snapshot.executed, isOwnOpening),
    own,
    working,
    stopRow: stop,
    trailingRow: trailing,
    foreign,
    fills: newFills(snapshot, tpSl),
    tpSl,
    limitOrder: limitOrder ?? initialState('limit-order'),
    knowsLimitOrder: limitOrder !== undefined,
  };
}

/** The position, if it is open and on the plan's side. */
export function positionOf({ position }: Snapshot, { side }: Plan): PositionRow | undefined {
  return position !== undefined && position.size > 0n && position.side === side ? position : undefined;
}

function freshPrices({ prices }: Snapshot, nowMs: number): Prices | undefined {
  return prices !== undefined && nowMs - prices.atMs <= PRICES_SERVE_FOR_MS ? prices : undefined;
}

/** The order of a leg that counts; extras under the same leg are only ever cancelled. */
export function workingOrder(view: View, leg: Leg): OwnOrder | undefined {
  return view.working.get(leg);
}

export function executedQty(view: View, by: ExecutedBy): Decimal {
  return view.snapshot.executed.get(by)?.qty ?? 0n;
}

/** Prices that were read after the last fill was seen: a level that a fill moved cannot be judged by older ones. */
export function pricesSinceFill({ prices }: View, { lastFillAtMs = 0 }: TpSlState): Prices | undefined {
  return prices !== undefined && prices.atMs >= lastFillAtMs ? prices : undefined;
}

/** Whether the position's stop or trailing stop is being carried out: until that ends only an exit may be sent (S-06). */
export function isStopFiring({ stopRow, trailingRow }: View): boolean {
  return [stopRow, trailingRow].some((row) => row !== undefined && FIRING.has(row.status));
}

/** What a stop is between its trigger and its end. A status that nobody knows is none of these: it says nothing. */
const FIRING: ReadonlySet<string> = new Set(['Triggered', 'New', 'PartiallyFilled']);

/** Liquidation or deleveraging under way (110005): nothing may be sent (S-12). */
export function isBusy({ snapshot: { position } }: View): boolean {
  return position !== undefined && (position.status === 'Liq' || position.status === 'Adl');
}

function newFills({ executed }: Snapshot, { seen }: TpSlState): ReadonlyMap<ExecutedBy, Executed> {
  const fills = new Map<ExecutedBy, Executed>();
  for (const [by, { qty, value, fee }] of executed) {
    const before = seen[by] ?? NOTHING;
    if (qty > before.qty) fills.set(by, { qty: qty - before.qty, value: value - before.value, fee: fee - before.fee });
  }
  return fills;
}
