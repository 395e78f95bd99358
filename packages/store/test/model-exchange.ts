import { decimal, type OrderRow, type PositionRow } from '@backstop/core';
import { anOrder, aPosition } from './account.ts';

/** A row as a frame brought it, when the exchange made the frame, and over which session it comes. */
export interface ModelFrame {
  readonly session: string;
  readonly createdMs: number;
  readonly order?: OrderRow;
  readonly position?: PositionRow;
}

/** All that the exchange has at one moment. */
export interface ModelState {
  readonly atMs: number;
  readonly orders: readonly OrderRow[];
  readonly position: PositionRow;
}

const ENDED = new Set(['Filled', 'Cancelled', 'Deactivated']);

export function isEnded(status: string): boolean {
  return ENDED.has(status);
}

/** One slot of an exchange whose clock is off by `skewMs`: it changes, tells of each change in frames, and remembers what it was. */
export class ModelExchange {
  /** Frames that are on their way. */
  readonly frames: ModelFrame[] = [];
  session = 's1';
  readonly #nowMs: () => number;
  readonly #skewMs: number;
  readonly #orders = new Map<string, OrderRow>();
  #position: PositionRow;
  #history: ModelState[];
  #createdMs = 0;

  constructor(nowMs: () => number, skewMs: number) {
    this.#nowMs = nowMs;
    this.#skewMs = skewMs;
    this.#position = aPosition({ side: undefined, size: 0n, stopLoss: undefined, seq: 0 });
    this.#history = [{ atMs: 0, orders: [], position: this.#position }];
  }

  get open(): readonly OrderRow[] {
    return [...this.#orders.values()].filter(({ status }) => !isEnded(status));
  }

  get now(): ModelState {
    return { atMs: this.#nowMs(), orders: this.open, position: this.#position };
  }

  order(orderId: string): OrderRow | undefined {
    return this.#orders.get(orderId);
  }

  /** What a listing showed at this moment; one that is behind shows an earlier one. */
  at(atMs: number): ModelState {
    return this.#history.findLast((state) => state.atMs <= atMs) ?? this.now;
  }

  create(part: Partial<OrderRow> = {}): void {
    const orderId = `o${this.#orders.size}`;
    this.#put(anOrder({ orderId, orderLinkId: `link-${orderId}`, qty: decimal('2'), ...part, updatedTimeMs: 0 }));
    this.#remember();
  }

  amend(orderId: string | undefined, qty: bigint): void {
    const order = this.#working(orderId);
    if (order !== undefined) this.#put({ ...order, qty });
    this.#remember();
  }

  cancel(orderId: string | undefined): void {
    const order = this.#working(orderId);
    if (order !== undefined) this.#put({ ...order, status: 'Cancelled' });
    this.#remember();
  }

  /** A part of the order, or all that is left of it. */
  fill(orderId: string | undefined, isWhole: boolean): void {
    const order = this.#working(orderId);
    if (order === undefined) return;
    const cumExecQty = isWhole ? order.qty : order.cumExecQty + 1n;
    this.#put({ ...order, cumExecQty, status: isWhole ? 'Filled' : 'PartiallyFilled' });
    const size = this.#position.size + cumExecQty - order.cumExecQty;
    this.#move({ side: 'Buy', size });
    this.#remember();
  }

  /** Flat, its stop with it. */
  flatten(): void {
    if (this.#position.size === 0n) return;
    this.#dropStop();
    this.#move({ side: undefined, size: 0n, stopLoss: undefined });
    this.#remember();
  }

  /** Of its own version neither the sequence nor the time of the position tells (S-07). */
  setStop(triggerPrice: bigint): void {
    if (this.#position.size === 0n) return;
    this.#dropStop();
    const orderId = `stop${this.#orders.size}`;
    this.#put(anOrder({ orderId, orderLinkId: '', stopOrderType: 'StopLoss', status: 'Untriggered', triggerPrice }));
    this.#position = { ...this.#position, stopLoss: triggerPrice };
    this.#tell({ position: this.#position });
    this.#remember();
  }

  #working(orderId: string | undefined): OrderRow | undefined {
    return this.open.find((order) => order.orderId === orderId && order.stopOrderType === '');
  }

  #dropStop(): void {
    for (const order of this.open) if (order.stopOrderType !== '') this.#put({ ...order, status: 'Deactivated' });
  }

  #put(order: OrderRow): void {
    const heldMs = this.#orders.get(order.orderId)?.updatedTimeMs ?? 0;
    const row = { ...order, updatedTimeMs: Math.max(this.#nowMs() + this.#skewMs, heldMs + 1) };
    this.#orders.set(order.orderId, row);
    this.#tell({ order: row });
  }

  #move(part: Partial<PositionRow>): void {
    const updatedTimeMs = this.#nowMs() + this.#skewMs;
    this.#position = { ...this.#position, ...part, seq: this.#position.seq + 1, updatedTimeMs };
    this.#tell({ position: this.#position });
  }

  #tell(row: Pick<ModelFrame, 'order' | 'position'>): void {
    this.#createdMs = Math.max(this.#nowMs() + this.#skewMs, this.#createdMs + 1);
    this.frames.push({ ...row, session: this.session, createdMs: this.#createdMs });
  }

  #remember(): void {
    this.#history = [...this.#history.filter(({ atMs }) => atMs !== this.#nowMs()), this.now];
  }
}
