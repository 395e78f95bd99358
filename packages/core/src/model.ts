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

/** Where the stop stands at first, and whether it follows the take-profits. */
export interface StopPolicy {
  readonly triggerPrice: Decimal;
  readonly triggerBy: TriggerBy;
  /** Past take-profit n the stop goes to the price of n-1, for n >= 2; the step after the first is `Plan.breakeven`. */
  readonly steps?: { readonly ifThrough: 'exit' | 'keep' };
}

/**
 * `reassert` puts back what somebody changed, but not for ever: two programs must not fight. `respect` takes it for the
 * operator's will, except that a position never stays without a stop.
 */
export interface ExternalChanges {
  readonly policy: 'respect' | 'reassert';
  /** After so many times of putting one thing back within `withinMs` it is left alone for a while; absent = 3 in a minute. */
  readonly mostReassertions?: number;
  readonly withinMs?: number;
}

/** `close` leaves the position, `tighten` moves its stop to breakeven as soon as the market allows it. */
export interface TimeLimit {
  /** From the position's opening, ms. */
  readonly afterMs: number;
  readonly action: 'close' | 'tighten';
}

/** Armed at once, or when take-profit number `afterTakeProfit` is filled. */
export interface TrailingPolicy {
  /** How far behind the best last price it follows, in price. */
  readonly distance: Decimal;
  /** It follows from this last price on; absent = from where the price is when it is armed. */
  readonly activePrice?: Decimal;
  readonly afterTakeProfit?: number;
}

/** How one account's size of a group's plan came about, when the plan was accepted. No decision reads it. */
export interface Mirror {
  readonly group: string;
  /** What the mirrors of one plan have in common, and no other plan has. */
  readonly planId: string;
  readonly rule: 'fixed' | 'ratio' | 'shareOfBalance';
  /** `fixed`: quantity of all entries, base coin; `ratio`: of the plan's quantities; `shareOfBalance`: 1 = all of it. */
  readonly value: Decimal;
  /** With `shareOfBalance`: the account's equity at that moment, USDT. */
  readonly balance?: Decimal;
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
  /**
   * A position that stood before its plan, and what of it; absent = the plan's entries open it. What executed up to `seq` is in
   * `qty`, and what came after it is not.
   */
  readonly adopted?: { readonly qty: Decimal; readonly averagePrice: Decimal; readonly seq?: number };
  readonly takeProfits: readonly TakeProfit[];
  readonly stopLoss: StopPolicy;
  /** Moves the stop to breakeven once take-profit number `afterTakeProfit` is filled. */
  readonly breakeven?: { readonly afterTakeProfit: number; readonly ifThrough: 'exit' | 'keep' };
  /** A native trailing stop beside the stop, which stays as its floor (S-10). */
  readonly trailingStop?: TrailingPolicy;
  /** What happens when the position has been open for so long. */
  readonly timeLimit?: TimeLimit;
  /** What holds when somebody else moves or cancels what is ours; absent = it is put back. */
  readonly externalChanges?: ExternalChanges;
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
  /** The group's plan that it was made from; absent = a plan of its own. */
  readonly mirror?: Mirror;
  /** Raised when the plan comes back from the archive, so that no orderLinkId is ever used twice (S-24). */
  readonly restoreEpoch: number;
}
