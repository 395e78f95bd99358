import { decimal } from '@backstop/core';
import { toDecision, toReceipt, type Decided, type HeldOrder, type LogLine, type Receipt } from './coherence-lines.ts';

/** A decision that stood on a row of which something newer had been received. */
interface StaleDecision {
  readonly decision: Decided;
  readonly kind: 'position' | 'orders';
  readonly why: string;
}

export interface StaleDecisions {
  /** All that were judged. */
  readonly decisions: number;
  /** Rows that frames brought, and reads that landed, by kind. */
  readonly received: number;
  readonly landed: number;
  readonly stale: readonly StaleDecision[];
}

/**
 * Which decisions of a run stood on stale rows, from the lines of all its processes at level `debug`, in any order (DESIGN section 4).
 * A decision is stale when something that was received before it read its rows, for its account, place and kind, is of a newer
 * version than the row that it stood on. Before is by Redis time: of what came in the same millisecond nobody knows whether
 * it was before, and it does not count. Newer is
 * - a read that began later (Redis time, ms) than the one that the row came from;
 * - of a position, a greater (seq, updatedTimeMs); of one that no listing contained, which has neither, a frame that the exchange
 *   made, and that was received, after its read began: the only place where the exchange's clock is compared with Redis's;
 * - of an order, a greater (updatedTimeMs, cumExecQty); that it ended, where the row still holds it; and where the row does not hold
 *   it, that it works, received after the row's read began, unless it had ended by the millisecond of the decision.
 * Equal versions are the same version. What no line tells of (a frame that Redis never took, a read by a process without `debug`)
 * was not received; so the lines have to be complete, as those of processes are that have ended: an order whose end is not told is
 * missed. Throws TypeError for a line of ours that is not written as it should be.
 */
export function staleDecisions(lines: Iterable<LogLine>): StaleDecisions {
  const own = [...lines];
  const receipts = own.flatMap((line) => toReceipt(line) ?? []);
  const decisions = own.flatMap((line) => toDecision(line) ?? []);
  const decidedByMs = Map.groupBy(decisions, ({ nowMs }) => nowMs);
  const receivedByMs = Map.groupBy(receipts, ({ nowMs }) => nowMs);
  const moments = [...new Set([...decidedByMs.keys(), ...receivedByMs.keys()])].toSorted((a, b) => a - b);

  const known: Known = { reads: new Map(), positions: new Map(), orders: new Map(), endedAtMs: new Map() };
  const stale = moments.flatMap((nowMs) => {
    const received = receivedByMs.get(nowMs) ?? [];
    for (const receipt of received) noteEnd(receipt, known);
    const found = (decidedByMs.get(nowMs) ?? []).flatMap((decision) => judge(decision, known));
    for (const receipt of received) note(receipt, known);
    return found;
  });
  const landed = receipts.filter(({ type }) => type === 'read').length;
  return { decisions: decisions.length, received: receipts.length - landed, landed, stale };
}

type Received<T extends Receipt['type']> = Extract<Receipt, { readonly type: T }>;

/** What has been received until some moment, the newest version of everything. */
interface Known {
  /** `account|kind` and `account|kind|place` -> the start of the newest read, ms. */
  readonly reads: Map<string, number>;
  /** `account|place` -> the newest frame. */
  readonly positions: Map<string, Received<'position'>>;
  /** `account|place` -> orderId -> the newest frame. */
  readonly orders: Map<string, Map<string, Received<'order'>>>;
  /** orderId -> when it was first known to have ended, ms. */
  readonly endedAtMs: Map<string, number>;
}

/** Statuses of an order that is over (reference C.6). */
const ENDED = new Set(['Filled', 'Cancelled', 'Rejected', 'Deactivated', 'PartiallyFilledCanceled']);

function noteEnd(receipt: Receipt, { endedAtMs }: Known): void {
  if (receipt.type !== 'order' || !ENDED.has(receipt.status) || endedAtMs.has(receipt.orderId)) return;
  endedAtMs.set(receipt.orderId, receipt.nowMs);
}

function note(receipt: Receipt, known: Known): void {
  switch (receipt.type) {
    case 'read':
      return noteRead(receipt, known);
    case 'position':
      return notePosition(receipt, known);
    case 'order':
      return noteOrder(receipt, known);
    default:
      return receipt satisfies never;
  }
}

function noteRead({ account, kind, place, startMs }: Received<'read'>, { reads }: Known): void {
  const what = place === undefined ? `${account}|${kind}` : `${account}|${kind}|${place}`;
  reads.set(what, Math.max(reads.get(what) ?? 0, startMs));
}

function notePosition(frame: Received<'position'>, { positions }: Known): void {
  const where = `${frame.account}|${frame.place}`;
  const held = positions.get(where);
  if (held === undefined || compare(positionVersion(frame), positionVersion(held)) >= 0) positions.set(where, frame);
}

function noteOrder(frame: Received<'order'>, { orders }: Known): void {
  const where = `${frame.account}|${frame.place}`;
  const ofPlace = orders.get(where) ?? new Map<string, Received<'order'>>();
  orders.set(where, ofPlace);
  const held = ofPlace.get(frame.orderId);
  if (held === undefined || compare(orderVersion(frame), orderVersion(held)) >= 0) ofPlace.set(frame.orderId, frame);
}

function judge(decision: Decided, known: Known): readonly StaleDecision[] {
  return [
    ...whyPosition(decision, known).map((why) => ({ decision, kind: 'position' as const, why })),
    ...whyOrders(decision, known).map((why) => ({ decision, kind: 'orders' as const, why })),
  ];
}

function whyPosition(decision: Decided, known: Known): readonly string[] {
  const { account, place, position } = decision;
  const why = whyRead(decision, 'position', known);
  const frame = known.positions.get(`${account}|${place}`);
  if (frame === undefined) return why;
  const isNewer =
    position.version === undefined
      ? Math.min(frame.createdMs, frame.nowMs) > position.startMs
      : compare(positionVersion(frame), positionVersion(position.version)) > 0;
  return isNewer ? [...why, `a frame had told seq ${frame.seq} of ${frame.updatedTimeMs}`] : why;
}

function whyOrders(decision: Decided, known: Known): readonly string[] {
  const { account, place, orders } = decision;
  const held = new Map(orders.held.map((order) => [order.orderId, order]));
  const frames = [...(known.orders.get(`${account}|${place}`)?.values() ?? [])];
  const why = frames.flatMap((frame) => whyOrder(frame, held.get(frame.orderId), decision, known) ?? []);
  return [...whyRead(decision, 'orders', known), ...why];
}

function whyOrder(
  frame: Received<'order'>,
  held: HeldOrder | undefined,
  { nowMs, orders: { startMs } }: Decided,
  { endedAtMs }: Known,
): string | undefined {
  const endMs = endedAtMs.get(frame.orderId);
  if (held === undefined)
    return endMs === undefined && frame.nowMs > startMs ? `a frame had told order ${frame.orderId}` : undefined;
  if (endMs !== undefined && endMs < nowMs) return `a frame had told the end of order ${frame.orderId}`;
  return compare(orderVersion(frame), orderVersion(held)) > 0
    ? `a frame had changed order ${frame.orderId}`
    : undefined;
}

function whyRead(
  { account, place, ...rows }: Decided,
  kind: 'position' | 'orders',
  { reads }: Known,
): readonly string[] {
  const newestMs = Math.max(reads.get(`${account}|${kind}`) ?? 0, reads.get(`${account}|${kind}|${place}`) ?? 0);
  return newestMs > rows[kind].startMs ? [`a read begun at ${newestMs} had landed`] : [];
}

type Version = readonly [number, number | bigint];

function positionVersion({ seq, updatedTimeMs }: { readonly seq: number; readonly updatedTimeMs: number }): Version {
  return [seq, updatedTimeMs];
}

function orderVersion({ updatedTimeMs, cumExecQty }: Omit<HeldOrder, 'orderId'>): Version {
  return [updatedTimeMs, decimal(cumExecQty)];
}

function compare([first, second]: Version, [otherFirst, otherSecond]: Version): number {
  if (first !== otherFirst) return first > otherFirst ? 1 : -1;
  if (second !== otherSecond) return second > otherSecond ? 1 : -1;
  return 0;
}
