import type { Decimal } from './decimal.ts';
import type { Execution, OrderRow, PositionRow, Prices } from './facts.ts';
import type { Instrument, PositionIdx, Side, TriggerBy } from './model.ts';

/** One budget of the exchange: limits are counted per account and class (reference B.2), `market` per address only. */
export type EndpointClass =
  | 'order-create'
  | 'order-create-batch'
  | 'order-amend'
  | 'order-amend-batch'
  | 'order-cancel'
  | 'order-cancel-batch'
  | 'trading-stop'
  | 'position-list'
  | 'order-realtime'
  | 'order-history'
  | 'execution-list'
  | 'wallet-balance'
  | 'account'
  | 'market';

/** What to do about a failed call. `unknown` means that it may or may not have taken effect. */
export type FailureReason =
  | 'not-sent' // refused by our own side before it was signed: the fence, an abort
  | 'unknown' // timeout, reset, 10000, 10016 on a write: look it up
  | 'rate-limited' // 10006
  | 'address-blocked' // HTTP 403
  | 'unavailable' // 5xx, 429, 10016, 10019 on a read: try later
  | 'clock' // 10002
  | 'credentials' // 10003, 10004, 10005, 10007, 10010, 33004: the account is paused
  | 'unknown-order' // 110001, 110008, 110010: gone, filled or never there
  | 'duplicate-link-id' // 110072
  | 'not-modified' // 34040, 34039, 10001 "not modified": settles nothing, read back (S-03)
  | 'no-capacity' // 110017: reduce-only has nothing left to reduce
  | 'partly-filled' // 110059: its attached stop can no longer be changed
  | 'below-filled' // 110064
  | 'no-position' // 10001 "zero position"
  | 'through-market' // 10001 or 11009x: the level is on the wrong side of the market
  | 'rejected'; // any other definite refusal

/** A refusal or failure at the exchange's edge. Carries no key, secret, signature or header. */
export class ExchangeError extends Error {
  readonly reason: FailureReason;
  /** retCode, or HTTP status; 0 where there was none. */
  readonly code: number;
  /** When to come back at the earliest, ms from now; undefined = the caller's own back-off. */
  readonly retryAfterMs: number | undefined;

  constructor(reason: FailureReason, message: string, detail: { code?: number; retryAfterMs?: number } = {}) {
    super(message);
    this.name = 'ExchangeError';
    this.reason = reason;
    this.code = detail.code ?? 0;
    this.retryAfterMs = detail.retryAfterMs;
  }
}

export interface ReadOptions {
  readonly signal: AbortSignal;
}

export interface WriteOptions {
  readonly signal: AbortSignal;
  /**
   * Runs after the request is stamped and before it is signed (S-29): the intent is stored here. When it throws, nothing
   * is sent and each reply is `not-sent`.
   */
  readonly beforeSend: () => Promise<void>;
}

/** An order to create. Prices and quantities must already sit on tick and step. */
export interface OrderSpec {
  readonly symbol: string;
  readonly positionIdx: PositionIdx;
  readonly orderLinkId: string;
  readonly side: Side;
  readonly orderType: 'Market' | 'Limit';
  /** 0 with reduceOnly and closeOnTrigger = the whole position (S-14). */
  readonly qty: Decimal;
  readonly price?: Decimal;
  readonly timeInForce: 'GTC' | 'IOC' | 'PostOnly';
  readonly reduceOnly: boolean;
  readonly closeOnTrigger: boolean;
  readonly stopLoss?: Decimal;
  readonly slTriggerBy?: TriggerBy;
}

export interface AmendSpec {
  readonly symbol: string;
  readonly orderId: string;
  readonly qty?: Decimal;
  readonly price?: Decimal;
  readonly stopLoss?: Decimal;
  readonly slTriggerBy?: TriggerBy;
}

export interface CancelSpec {
  readonly symbol: string;
  readonly orderId: string;
}

export interface StopSpec {
  readonly symbol: string;
  readonly positionIdx: PositionIdx;
  readonly triggerPrice: Decimal;
  readonly triggerBy: TriggerBy;
  /** Arms the native trailing stop in the same request. Left out, it is not named: what is there stays (S-10). */
  readonly trailing?: TrailingSpec;
}

/** A distance in price, and the last price from which it follows; absent = at once. */
export interface TrailingSpec {
  readonly distance: Decimal;
  readonly activePrice?: Decimal;
}

/** The outcome of one write, in the order asked. `ok` is an acknowledgement only: facts come from reading (S-03). */
export type WriteReply =
  | { readonly ok: true; readonly orderId: string }
  | { readonly ok: false; readonly error: ExchangeError };

/**
 * The exchange as one account sees it. Reads reject with ExchangeError and never answer with a part: an error is never
 * empty, and every page was fetched. Writes resolve with one reply per item and never reject.
 */
export interface Exchange {
  /** All open positions, or with `symbol` the rows of that symbol, flat ones included. Pages of 200. */
  positions(query: { readonly symbol?: string }, options: ReadOptions): Promise<readonly PositionRow[]>;
  /** Working orders; `Order` = active, `StopOrder` = conditional and stop rows; none = both. Pages of 50. */
  openOrders(
    query: { readonly symbol?: string; readonly filter?: 'Order' | 'StopOrder' },
    options: ReadOptions,
  ): Promise<readonly OrderRow[]>;
  /** One order in any status: the open and recent list, then the history. undefined = neither holds it now (S-25). */
  findOrder(
    query: { readonly symbol: string; readonly orderLinkId: string },
    options: ReadOptions,
  ): Promise<OrderRow | undefined>;
  /** Executions from `sinceMs` on, oldest first, funding rows included (execType tells). Pages of 100. */
  executions(query: { readonly sinceMs: number }, options: ReadOptions): Promise<readonly Execution[]>;
  /** The account's equity in USDT: what it holds, with what its open positions have won or lost by now (reference C.9). */
  equity(options: ReadOptions): Promise<Decimal>;
  /** Rules of all listed USDT perpetuals, by symbol. */
  instruments(options: ReadOptions): Promise<ReadonlyMap<string, Instrument>>;
  /** Current prices of all symbols in one call; `atMs` is left to the caller's clock. */
  tickers(options: ReadOptions): Promise<ReadonlyMap<string, Omit<Prices, 'atMs'>>>;

  /** One order goes to order/create, several (at most 20) to order/create-batch. The same for amends and cancels. */
  createOrders(orders: readonly OrderSpec[], options: WriteOptions): Promise<readonly WriteReply[]>;
  amendOrders(orders: readonly AmendSpec[], options: WriteOptions): Promise<readonly WriteReply[]>;
  cancelOrders(orders: readonly CancelSpec[], options: WriteOptions): Promise<readonly WriteReply[]>;
  /** Sets or moves the position's Full-mode stop, and arms its trailing stop where one is given (reference C.16). */
  setStop(stop: StopSpec, options: WriteOptions): Promise<WriteReply>;
}

/** What a process learns from each request, for budget, metrics and clock. */
export interface RequestReport {
  readonly account: string;
  readonly endpoint: EndpointClass;
  /** ok, a retCode, `http-<status>`, timeout, reset, not-sent. */
  readonly outcome: string;
  readonly durationMs: number;
  /** The exchange's clock minus ours at the reply, ms; undefined without a reply. */
  readonly skewMs?: number;
  /** X-Bapi-Limit headers (reference B.3). */
  readonly limit?: { readonly limit: number; readonly remaining: number; readonly resetAtMs: number };
}

/** What an admitted request has to go through, since what counts at the exchange is when requests come. */
export interface Departure {
  /**
   * Runs when the request is stamped and about to be signed: takes its budget anew where the one that it was admitted with has
   * grown old. Rejects with ExchangeError `not-sent` where there is none: then nothing is sent.
   */
  readonly depart: () => Promise<void>;
  /**
   * Runs once for a request that was signed, when its reply is here or is waited for no longer: it came to the exchange at some
   * moment between its departure and now. Never throws.
   */
  readonly arrived: () => void;
}

/** Hooks around each HTTP request of an Exchange. */
export interface RequestHooks {
  /**
   * Takes `cost` from the budget before the request gets its socket, and a page of a listing takes one each. May wait; rejects
   * with ExchangeError `not-sent` where the caller should come back later. Without a Departure the request may depart at any
   * time.
   */
  readonly admit: (endpoint: EndpointClass, cost: number, signal: AbortSignal) => Promise<Departure | void>;
  readonly report: (report: RequestReport) => void;
}
