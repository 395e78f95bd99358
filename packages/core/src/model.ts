import type { Decimal } from './decimal.ts';

export type Side = 'Buy' | 'Sell';
/** 0 one-way, 1 hedge long, 2 hedge short (reference C.5). */
export type PositionIdx = 0 | 1 | 2;
export type TriggerBy = 'LastPrice' | 'MarkPrice' | 'IndexPrice';

/** The two disjoint halves of a monitor's work: stop, take-profits and transitions; placing and expiring entries. */
export type Lane = 'tp-sl' | 'limit-order';
export const LANES: readonly Lane[] = ['tp-sl', 'limit-order'];

export type EntryLeg = `e${number}`;
export type TakeProfitLeg = `t${number}`;
/** What one of our orders is for: an entry, a take-profit, or `x`, our own exit. The stop is no order of ours (S-01). */
export type Leg = EntryLeg | TakeProfitLeg | 'x';

/** Trading rules of a symbol (reference C.2). Prices and quantities in quote and base coin. */
export interface Instrument {
  readonly symbol: string;
  readonly status: string;
  readonly tickSize: Decimal;
  readonly qtyStep: Decimal;
  readonly minOrderQty: Decimal;
  readonly maxOrderQty: Decimal;
  readonly maxMktOrderQty: Decimal;
  readonly minNotionalValue: Decimal;
  /** 0 for a perpetual that is not being delisted. */
  readonly deliveryTimeMs: number;
}

export interface MarketEntry {
  readonly leg: EntryLeg;
  readonly type: 'Market';
  readonly qty: Decimal;
}

export interface LimitEntry {
  readonly leg: EntryLeg;
  readonly type: 'Limit';
  readonly qty: Decimal;
  readonly price: Decimal;
}

export type Entry = MarketEntry | LimitEntry;

/** One leg of the take-profit ladder, nearest first. Shares of all legs sum to exactly 1. */
export interface TakeProfit {
  readonly leg: TakeProfitLeg;
  readonly price: Decimal;
  readonly share: Decimal;
}

/** What the user wants for one position. Immutable; a monitor is a plan plus its state. */
export interface Plan {
  /** 12 characters of base32, unique per installation: the monitor's id and part of every orderLinkId (S-24). */
  readonly id: string;
  readonly account: string;
  readonly symbol: string;
  readonly positionIdx: PositionIdx;
  readonly side: Side;
  readonly entries: readonly Entry[];
  readonly takeProfits: readonly TakeProfit[];
  readonly stopLoss: { readonly triggerPrice: Decimal; readonly triggerBy: TriggerBy };
  /** Moves the stop to breakeven once take-profit number `afterTakeProfit` is filled. */
  readonly breakeven?: { readonly afterTakeProfit: number; readonly ifThrough: 'exit' | 'keep' };
  /** Cancels entries that still rest once this take-profit is filled. */
  readonly cancelEntriesAfterTakeProfit?: number;
  /** A market entry that has not filled by then expires (S-21); ms since 1970, Redis time. */
  readonly marketEntryDeadlineMs: number;
  /** A market entry is not sent when the last price is further than this from `referencePrice`, or beyond the stop (S-21). */
  readonly priceBand?: Decimal;
  /** The price when the plan was accepted: where its price band starts. */
  readonly referencePrice?: Decimal;
  /** Limit entries that have not filled by then are cancelled; ms since 1970. */
  readonly entriesExpireAtMs?: number;
  /** The account's taker rate, used for breakeven where the fills do not tell (S-08). */
  readonly takerFeeRate: Decimal;
  readonly createdAtMs: number;
  /** Raised when the plan comes back from the archive, so that no orderLinkId is ever used twice (S-24). */
  readonly restoreEpoch: number;
}
