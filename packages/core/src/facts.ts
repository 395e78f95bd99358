import type { Decimal } from './decimal.ts';
import type { Instrument, PositionIdx, Side, TriggerBy } from './model.ts';

/** A position as the exchange lists it. `side: undefined` and size 0 when flat (reference C.5). */
export interface PositionRow {
  readonly symbol: string;
  readonly positionIdx: PositionIdx;
  readonly side: Side | undefined;
  readonly size: Decimal;
  readonly averagePrice: Decimal;
  /** The Full-mode position stop; undefined = none. */
  readonly stopLoss: Decimal | undefined;
  readonly liqPrice: Decimal | undefined;
  /** Distance of the native trailing stop; absent = none. */
  readonly trailingStop?: Decimal;
  /** From which price on it follows; absent = at once, or not told: position/list does not name it (reference C.5). */
  readonly activePrice?: Decimal;
  /** Normal, Liq, Adl, or a value that we do not know yet. */
  readonly status: string;
  /** Cross sequence of the last fill; -1 if never traded. */
  readonly seq: number;
  readonly createdTimeMs: number;
  readonly updatedTimeMs: number;
  /** When the position was opened: it names the epoch (S-23). Absent where the exchange does not tell. */
  readonly openTimeMs?: number;
}

/** An order as the exchange lists it. System rows of the position's stop have an empty orderLinkId (reference C.16). */
export interface OrderRow {
  readonly orderId: string;
  readonly orderLinkId: string;
  readonly symbol: string;
  readonly positionIdx: PositionIdx;
  readonly side: Side;
  readonly orderType: string;
  /** New, PartiallyFilled, Untriggered, Triggered, Filled, Cancelled, Rejected, Deactivated, or an unknown value. */
  readonly status: string;
  /** "" for a plain order, else StopLoss, TakeProfit, TrailingStop, Stop, PartialStopLoss, ... */
  readonly stopOrderType: string;
  readonly price: Decimal | undefined;
  readonly qty: Decimal;
  readonly leavesQty: Decimal;
  readonly cumExecQty: Decimal;
  readonly triggerPrice: Decimal | undefined;
  readonly triggerBy: TriggerBy | undefined;
  /** The stop that an entry carries and puts on the position when it fills (S-02). */
  readonly stopLoss: Decimal | undefined;
  readonly reduceOnly: boolean;
  readonly cancelType: string;
  readonly rejectReason: string;
  readonly createdTimeMs: number;
  readonly updatedTimeMs: number;
}

/** One fill (reference C.8). `closedSize` is the part that reduced a position. */
export interface Execution {
  readonly execId: string;
  readonly orderId: string;
  readonly orderLinkId: string;
  readonly symbol: string;
  readonly side: Side;
  /** Trade, Funding, BustTrade, AdlTrade, Settle, ... */
  readonly execType: string;
  readonly stopOrderType: string;
  readonly createType: string;
  readonly price: Decimal;
  readonly qty: Decimal;
  readonly value: Decimal;
  /** execFee plus extraFees, in the settle coin; negative = rebate. */
  readonly fee: Decimal;
  readonly closedSize: Decimal;
  readonly seq: number;
  readonly timeMs: number;
}

/**
 * Which executions a sum belongs to: one of our legs, the position's stop, its trailing stop, the exchange closing by force (BustTrade,
 * AdlTrade, Settle), or somebody else's orders in and out. `adopted` is no execution: what stood when its plan was made.
 */
export type ExecutedBy =
  | `e${number}`
  | `t${number}`
  | 'x'
  | 'stop'
  | 'stop-trailing'
  | 'liquidation'
  | 'adopted'
  | 'external-in'
  | 'external-out';

/** Sums over all executions of one `ExecutedBy`: base coin, quote coin, fees paid. */
export interface Executed {
  readonly qty: Decimal;
  readonly value: Decimal;
  readonly fee: Decimal;
}

export interface Prices {
  readonly last: Decimal;
  readonly mark: Decimal;
  readonly index: Decimal;
  /** When they were read, Redis time. */
  readonly atMs: number;
}

/** All facts that one decision stands on, read in one go: one decision, one reader. Times are Redis time in ms. */
export interface Snapshot {
  readonly instrument: Instrument;
  readonly position: PositionRow | undefined; // undefined = a complete listing did not contain it: flat
  readonly positionAtMs: number;
  /** Working orders of this (symbol, positionIdx), ours and foreign, the position's stop rows among them. */
  readonly orders: readonly OrderRow[];
  readonly ordersAtMs: number;
  readonly executed: ReadonlyMap<ExecutedBy, Executed>;
  /** Sequence of the newest execution applied for this symbol; -1 = none yet. */
  readonly executionsSeq: number;
  readonly prices: Prices | undefined;
  /** Both rows are vouched for by a live stream: whatever has happened to them since they were read is in them. Absent = not. */
  readonly streamed?: boolean;
}
