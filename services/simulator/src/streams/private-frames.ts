import type { Account, Execution, Order, Position } from '../engine/model.ts';
import type { Venue, VenueEvent } from '../engine/venue.ts';
import type { PrivateKind } from './private-topics.ts';
import { executionFrameRow } from './rows/execution-frame-row.ts';
import { fastFrameRow } from './rows/fast-frame-row.ts';
import { orderFrameRow } from './rows/order-frame-row.ts';
import { positionFrameRow } from './rows/position-frame-row.ts';
import { walletFrameRow } from './rows/wallet-frame-row.ts';

/** A frame that is to be sent, before it is known to whom. Its rows are made when they are asked for. */
export interface PrivateFrame {
  readonly kind: PrivateKind;
  readonly id: string;
  readonly creationMs: number;
  readonly rows: () => readonly Record<string, unknown>[];
  /** The symbol whose executions it tells of. */
  readonly executed?: string;
}

export type PrivateEvent = Extract<VenueEvent, { readonly account: string }>;

/** When the frames of an event are made, and in which order those of a match come. */
export interface FrameTiming {
  readonly atMs: number;
  readonly streamDelayMs: number;
  readonly followDelayMs: number;
  readonly matchOrder: 'execution-first' | 'order-first';
}

/** What happened to one symbol under one sequence number: a match, or a change of an order. */
interface Step {
  readonly symbol: string;
  readonly seq: number;
  readonly orders: Order[];
  readonly executions: Execution[];
}

/**
 * The frames of one command for one account, in the order of the captures (reference D.4): `execution` and `order` of each
 * step, which share an id, then one `wallet` frame, then a `position` frame for each step.
 */
export function privateFrames(
  venue: Venue,
  account: Account,
  events: readonly PrivateEvent[],
  { timing, newUuid }: { timing: FrameTiming; newUuid: () => string },
): readonly PrivateFrame[] {
  const { uid } = account;
  const creationMs = timing.atMs + timing.streamDelayMs;
  const followMs = creationMs + timing.followDelayMs;
  const matches = stepsOf(events).flatMap((step) => matchFrames(step, { uid, creationMs, timing, newUuid }));
  const wallet: PrivateFrame = {
    kind: 'wallet',
    id: `${uid}_wallet_${followMs}`,
    creationMs: followMs,
    rows: () => [walletFrameRow(venue, account)],
  };
  const positions = positionsOf(events).map((rows): PrivateFrame => ({
    kind: 'position',
    id: `${uid}_position_${followMs}`,
    creationMs: followMs,
    rows: () => rows.map((position) => positionFrameRow(venue, account, position)),
  }));
  return [...matches, ...(events.some(({ type }) => type === 'wallet') ? [wallet] : []), ...positions];
}

function stepsOf(events: readonly PrivateEvent[]): readonly Step[] {
  const steps: Step[] = [];
  const stepOf = (symbol: string, seq: number): Step => {
    const last = steps.at(-1);
    if (last?.symbol === symbol && last.seq === seq) return last;
    const step: Step = { symbol, seq, orders: [], executions: [] };
    steps.push(step);
    return step;
  };
  for (const event of events) {
    if (event.type === 'execution')
      stepOf(event.execution.symbol, event.execution.seq).executions.push(event.execution);
    if (event.type === 'order') stepOf(event.order.symbol, event.seq).orders.push(event.order);
  }
  return steps;
}

function matchFrames(
  { symbol, seq, orders, executions }: Step,
  facts: { uid: number; creationMs: number; timing: FrameTiming; newUuid: () => string },
): readonly PrivateFrame[] {
  const isMatch = executions.length > 0 || orders.some((order) => order.status !== 'Untriggered' && !isStop(order));
  const id = isMatch ? `${facts.uid}_${symbol}_${seq}` : facts.newUuid();
  const { creationMs } = facts;
  const trades = executions.filter(({ execType }) => execType === 'Trade');
  const frames: readonly (PrivateFrame & { readonly of: readonly unknown[] })[] = [
    {
      kind: 'fast',
      id,
      creationMs,
      of: trades,
      rows: () => trades.map((trade) => fastFrameRow(trade, wasResting(trade, orders))),
    },
    {
      kind: 'execution',
      id,
      creationMs,
      of: executions,
      rows: () => executions.map(executionFrameRow),
      executed: symbol,
    },
    { kind: 'order', id, creationMs, of: orders, rows: () => orders.map(orderFrameRow) },
  ];
  const present = frames.filter(({ of }) => of.length > 0);
  return facts.timing.matchOrder === 'execution-first' ? present : present.toReversed();
}

/** An amend has made a taker of it: no stop, and older than its fill. */
function wasResting({ orderId, atMs }: Execution, orders: readonly Order[]): boolean {
  const order = orders.find((row) => row.orderId === orderId);
  return order !== undefined && !isStop(order) && order.createdAtMs < atMs;
}

function isStop({ stopOrderType }: Order): boolean {
  return stopOrderType !== '';
}

/** For each sequence number the last state of the positions that carried it. */
function positionsOf(events: readonly PrivateEvent[]): readonly (readonly Position[])[] {
  const frames: { seq: number; rows: Map<string, Position> }[] = [];
  for (const event of events) {
    if (event.type !== 'position') continue;
    const { position } = event;
    const last = frames.at(-1);
    const frame = last?.seq === position.seq ? last : { seq: position.seq, rows: new Map<string, Position>() };
    if (frame !== last) frames.push(frame);
    frame.rows.set(`${position.symbol}:${position.positionIdx}`, position);
  }
  return frames.map(({ rows }) => [...rows.values()]);
}
