import { abs, attribute, floorTo, isThrough, max, min, multiply, opposite } from './core.ts';
import type { Decimal, Executed, ExecutedBy, Execution, Instrument, OrderRow } from './core.ts';
import type { OrderSpec, Plan, PositionRow, Side, Snapshot } from './core.ts';
import { followTrail } from './trail-model.ts';
import { anOrder, INSTALLATION, START_MS, TAKER_FEE_RATE } from './builders.ts';

/**
 * The smallest exchange on which decisions can be tried: one symbol, one position, exact, without a book or latency.
 * Changed in place by the functions of this folder.
 */
export interface Venue {
  readonly instrument: Instrument;
  readonly plan: Plan;
  /** Take-profits that hold the whole capacity keep a market exit out (110017). */
  readonly isExitCrowdedOut: boolean;
  /** How many quarters of a market entry find liquidity; the rest of it is cancelled. */
  readonly marketQuarters: number;
  readonly book: Map<string, OrderRow>;
  /** Every order that was accepted from us. */
  readonly created: OrderSpec[];
  readonly executions: Execution[];
  readonly executed: Map<ExecutedBy, Executed>;
  price: Decimal;
  position: PositionRow | undefined;
  /** Where the trailing stop triggers; undefined = there is none, or it waits for its activation price. */
  trail: Decimal | undefined;
  seq: number;
  nowMs: number;
}

interface VenueOptions {
  readonly price: Decimal;
  readonly isExitCrowdedOut?: boolean;
  readonly marketQuarters?: number;
}

export function openVenue(
  instrument: Instrument,
  plan: Plan,
  { price, isExitCrowdedOut = false, marketQuarters = 4 }: VenueOptions,
): Venue {
  return {
    instrument,
    plan,
    isExitCrowdedOut,
    marketQuarters,
    book: new Map(),
    created: [],
    executions: [],
    executed: new Map(),
    price,
    position: undefined,
    trail: undefined,
    seq: 1,
    nowMs: START_MS,
  };
}

/** What a complete reading shows now; parts may be replaced by older ones. */
export function snapshotOf(venue: Venue, overrides: Partial<Snapshot> = {}): Snapshot {
  const { instrument, position, price, nowMs: atMs, seq } = venue;
  return {
    instrument,
    position,
    positionAtMs: atMs,
    orders: [...openOrders(venue), ...stopRows(venue)],
    ordersAtMs: atMs,
    executed: new Map(venue.executed),
    executionsSeq: seq,
    prices: { last: price, mark: price, index: price, atMs },
    ...overrides,
  };
}

/** Moves the market. The stop and the limits that it reaches execute, `quarters` of 4 of each limit's open quantity. */
export function moveTo(venue: Venue, price: Decimal, quarters = 4): void {
  venue.price = price;
  followTrail(venue);
  fireStop(venue);
  for (const row of openOrders(venue)) {
    if (row.price === undefined || !isReached(venue, row.side, row.price)) continue;
    fill(venue, row, partOf(venue, row, quarters), row.price);
  }
  fireStop(venue);
}

/** So many quarters of what is open of an order, on the step. */
export function partOf({ instrument }: Venue, { leavesQty }: OrderRow, quarters: number): Decimal {
  return quarters === 4 ? leavesQty : floorTo((leavesQty * BigInt(quarters)) / 4n, instrument.qtyStep);
}

/** Somebody else trades at the market. */
export function trade(venue: Venue, side: Side, qty: Decimal): void {
  fill(venue, anOrder({ orderId: `manual-${venue.seq}`, side, qty }), qty, venue.price);
}

/** Somebody else's order, which never executes here. */
export function addForeign(venue: Venue, order: Partial<OrderRow>): void {
  const orderId = `foreign-${venue.book.size}`;
  venue.book.set(orderId, anOrder({ ...order, orderId }));
}

/** The exchange or a user ends an order of ours. */
export function endOrder(venue: Venue, leg: string, status = 'Cancelled'): void {
  const row = openOrders(venue).find(({ orderLinkId }) => orderLinkId.includes(`-${leg}-`));
  if (row !== undefined) venue.book.set(row.orderId, { ...row, status, leavesQty: 0n });
}

export function openOrders({ book }: Venue): readonly OrderRow[] {
  return [...book.values()].filter(isOpen);
}

export function isOpen({ status }: OrderRow): boolean {
  return status === 'New' || status === 'PartiallyFilled';
}

export function isReached({ price }: Venue, side: Side, limit: Decimal): boolean {
  return side === 'Buy' ? price <= limit : price >= limit;
}

/** What reduce-only orders of a side hold of the position, one of them left out. */
export function heldCapacity(venue: Venue, side: Side, except = ''): Decimal {
  return openOrders(venue)
    .filter((row) => row.reduceOnly && row.side === side && row.orderId !== except)
    .reduce((total, { leavesQty }) => total + leavesQty, 0n);
}

/** Executes a part of an order at a price, with all that follows for position, stop and reduce-only orders. */
export function fill(venue: Venue, row: OrderRow, wanted: Decimal, at: Decimal): void {
  const { position } = venue;
  const opposing = position !== undefined && position.side !== row.side ? position.size : 0n;
  const qty = row.reduceOnly ? min(wanted, opposing) : wanted;
  if (qty === 0n) return;

  venue.seq += 1;
  recordExecution(venue, row, { qty, at, closedSize: min(qty, opposing) });
  if (venue.book.has(row.orderId)) {
    const cumExecQty = row.cumExecQty + qty;
    const status = cumExecQty === row.qty ? 'Filled' : 'PartiallyFilled';
    venue.book.set(row.orderId, { ...row, cumExecQty, leavesQty: row.qty - cumExecQty, status });
  }
  venue.position = positionAfter(venue, row, qty, at);
  if (venue.position?.trailingStop === undefined) venue.trail = undefined;
  trimReduceOnly(venue);
}

function stopRows({ position, trail, plan }: Venue): readonly OrderRow[] {
  if (position?.side === undefined) return [];
  const { stopLoss, size: qty, side } = position;
  const kind = { orderType: 'Market', status: 'Untriggered', reduceOnly: true, side: opposite(side), qty };
  const { triggerBy } = plan.stopLoss;
  const stop = { ...kind, orderId: 'stop', stopOrderType: 'StopLoss', triggerPrice: stopLoss, triggerBy };
  const trailing = { ...kind, orderId: 'trail', stopOrderType: 'TrailingStop', triggerPrice: trail };
  return [
    ...(stopLoss === undefined ? [] : [anOrder(stop)]),
    ...(trail === undefined ? [] : [anOrder({ ...trailing, triggerBy: 'LastPrice' })]),
  ];
}

/** Of the two stops the one that the price meets first. */
function fireStop(venue: Venue): void {
  const { position, trail, price } = venue;
  if (position?.side === undefined) return;
  const { size: qty, side, stopLoss } = position;
  const isReachedBy = (level: Decimal | undefined): boolean => level !== undefined && isThrough(side, level, price);
  if (!isReachedBy(stopLoss) && !isReachedBy(trail)) return;
  const kind = { stopOrderType: isReachedBy(trail) ? 'TrailingStop' : 'StopLoss', reduceOnly: true };
  fill(venue, anOrder({ ...kind, orderId: `stop-${venue.seq}`, side: opposite(side), qty }), qty, price);
}

function recordExecution(
  { executions, executed, plan, seq, nowMs }: Venue,
  row: OrderRow,
  { qty, at, closedSize }: { qty: Decimal; at: Decimal; closedSize: Decimal },
): void {
  const value = multiply(qty, at);
  const execution: Execution = {
    execId: `exec-${executions.length + 1}`,
    orderId: row.orderId,
    orderLinkId: row.orderLinkId,
    symbol: row.symbol,
    side: row.side,
    execType: 'Trade',
    stopOrderType: row.stopOrderType,
    createType: row.stopOrderType === '' ? 'CreateByUser' : `CreateBy${row.stopOrderType}`,
    price: at,
    qty,
    value,
    fee: multiply(value, TAKER_FEE_RATE),
    closedSize,
    seq,
    timeMs: nowMs,
  };
  executions.push(execution);
  for (const { by, ...part } of attribute(execution, { installation: INSTALLATION, planId: plan.id })) {
    const before = executed.get(by) ?? { qty: 0n, value: 0n, fee: 0n };
    const sums = { qty: before.qty + part.qty, value: before.value + part.value, fee: before.fee + part.fee };
    executed.set(by, sums);
  }
}

function positionAfter(venue: Venue, row: OrderRow, qty: Decimal, at: Decimal): PositionRow | undefined {
  const { position: before, seq } = venue;
  const after = signedSize(before) + (row.side === 'Buy' ? qty : -qty);
  if (after === 0n) return undefined;

  const side: Side = after > 0n ? 'Buy' : 'Sell';
  const size = abs(after);
  if (before?.side !== side) return newPosition(venue, row, { side, size, at });
  if (side !== row.side) return { ...before, size, seq };
  const averagePrice = (before.averagePrice * before.size + at * qty) / size;
  // An entry's attached stop replaces the position's with each fill (S-02).
  return { ...before, size, seq, averagePrice, stopLoss: row.stopLoss ?? before.stopLoss };
}

function signedSize(position: PositionRow | undefined): Decimal {
  if (position === undefined) return 0n;
  return position.side === 'Sell' ? -position.size : position.size;
}

function newPosition(
  { seq, nowMs, plan }: Venue,
  { stopLoss }: OrderRow,
  { side, size, at }: { side: Side; size: Decimal; at: Decimal },
): PositionRow {
  return {
    symbol: plan.symbol,
    positionIdx: plan.positionIdx,
    side,
    size,
    averagePrice: at,
    stopLoss,
    liqPrice: undefined,
    status: 'Normal',
    seq,
    createdTimeMs: START_MS,
    updatedTimeMs: nowMs,
    openTimeMs: nowMs + seq,
  };
}

/** Reduce-only orders never hold more than the position: the farthest go first (reference C.19). */
function trimReduceOnly(venue: Venue): void {
  const { position, price, book } = venue;
  const distance = (row: OrderRow): Decimal => abs((row.price ?? 0n) - price);
  const closing = openOrders(venue).filter(({ reduceOnly }) => reduceOnly);
  let left = position?.size ?? 0n;
  for (const row of closing.toSorted((a, b) => (distance(a) < distance(b) ? -1 : 1))) {
    const kept = position === undefined || row.side === position.side ? 0n : min(row.leavesQty, left);
    left = max(0n, left - kept);
    const status = kept === 0n ? 'Cancelled' : row.status;
    book.set(row.orderId, { ...row, qty: row.cumExecQty + kept, leavesQty: kept, status });
  }
}
