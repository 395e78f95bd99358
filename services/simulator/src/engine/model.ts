import type { ApiKey } from './orders/api-key.ts';
import type { ClosedPnl } from './money/closed-pnl.ts';
import type { Decimal } from './decimal.ts';
import type { RiskTier } from './money/risk-tiers.ts';
import type { Transaction } from './money/transactions.ts';

export type Side = 'Buy' | 'Sell';
export type PositionIdx = 0 | 1 | 2;
export type PositionMode = 'one-way' | 'hedge';
export type PriceSource = 'LastPrice' | 'MarkPrice' | 'IndexPrice';
export type TimeInForce = 'GTC' | 'IOC' | 'FOK' | 'PostOnly';
export type OrderStatus =
  | 'New'
  | 'PartiallyFilled'
  | 'Untriggered'
  | 'Triggered'
  | 'Filled'
  | 'Cancelled'
  | 'Rejected'
  | 'Deactivated';
export type SystemStop = 'StopLoss' | 'TakeProfit' | 'TrailingStop' | 'PartialStopLoss' | 'PartialTakeProfit';
type StopOrderType = '' | 'Stop' | SystemStop;

/** Who made an order: a key over the API, the manual trader of the control routes, or the exchange itself. */
export type Origin = 'api' | 'manual' | 'system';

/** '' = nothing attached, or not said: Market. */
export type LegType = '' | 'Market' | 'Limit';
export type SmpType = 'None' | 'CancelMaker' | 'CancelTaker' | 'CancelBoth';

/** Ticks, or percent of the best price (reference C.12). */
export interface Slippage {
  readonly type: 'TickSize' | 'Percent';
  readonly tolerance: Decimal;
}

export interface Instrument {
  readonly symbol: string;
  readonly symbolId: number;
  readonly tickSize: Decimal;
  /** Digits of prices as market data shows them; those of the tick when absent. */
  readonly priceScale?: number | undefined;
  readonly qtyStep: Decimal;
  readonly minOrderQty: Decimal;
  readonly maxOrderQty: Decimal;
  readonly maxMktOrderQty: Decimal;
  readonly minNotionalValue: Decimal;
  /** `Closed` once it is settled. */
  status: string;
  /** Milliseconds; 0 = a perpetual that is not being delisted. */
  readonly deliveryTimeMs: number;
  /** Minutes. */
  readonly fundingInterval: number;
  /** Lowest first; never empty. */
  readonly riskTiers: readonly RiskTier[];
  /** Share of the position's value that longs pay shorts at each settlement. */
  fundingRate: Decimal;
  /** Funding has been settled up to here. */
  fundedUntilMs: number;
  last: Decimal;
  mark: Decimal;
  index: Decimal;
  /** The cross sequence of the symbol: raised by each order change, each fill and each new last price. */
  seq: number;
}

export interface Order {
  readonly orderId: string;
  /** Position in the venue's one count of orders and executions; breaks ties of equal milliseconds. */
  readonly number: number;
  readonly account: string;
  readonly symbol: string;
  readonly positionIdx: PositionIdx;
  readonly orderLinkId: string;
  readonly parentOrderLinkId: string;
  readonly side: Side;
  readonly orderType: 'Market' | 'Limit';
  readonly createType: string;
  readonly stopOrderType: StopOrderType;
  readonly timeInForce: TimeInForce;
  /** Echoed; nothing here trades against itself (reference C.19). */
  readonly smpType: SmpType;
  readonly origin: Origin;
  readonly closeOnTrigger: boolean;
  readonly reduceOnly: boolean;
  readonly lastPriceOnCreated: Decimal;
  readonly createdAtMs: number;
  /** 0n = none, as for every price below. */
  price: Decimal;
  qty: Decimal;
  cumExecQty: Decimal;
  cumExecValue: Decimal;
  cumExecFee: Decimal;
  closedPnl: Decimal;
  triggerPrice: Decimal;
  /** 0 none, 1 rising, 2 falling. */
  triggerDirection: 0 | 1 | 2;
  triggerBy: PriceSource | '';
  takeProfit: Decimal;
  stopLoss: Decimal;
  tpTriggerBy: PriceSource | '';
  slTriggerBy: PriceSource | '';
  tpslMode: '' | 'Full' | 'Partial';
  /** Kinds and limit prices of the attached levels; Limit in Partial mode only. */
  tpOrderType: LegType;
  slOrderType: LegType;
  tpLimitPrice: Decimal;
  slLimitPrice: Decimal;
  /** How far from the best price a market order may take; `undefined` = as far as its protection price. */
  readonly slippage: Slippage | undefined;
  /** A close of whatever there is when it executes: sent with quantity 0. */
  readonly closesAll: boolean;
  status: OrderStatus;
  cancelType: string;
  rejectReason: string;
  updatedAtMs: number;
  triggeredAtMs: number | undefined;
  /** The other half of a stop and take-profit pair, until one of them is edited alone (reference C.14). */
  pairOrderId: string | undefined;
  /** The entry that a Partial-mode stop came attached to. */
  readonly parentOrderId: string | undefined;
}

/** How an execution came about; the exchange's list is longer (reference C.8). */
export type ExecType = 'Trade' | 'AdlTrade' | 'BustTrade' | 'Funding' | 'Delivery' | 'Settle';

export interface Execution {
  readonly execId: string;
  readonly number: number;
  readonly account: string;
  readonly symbol: string;
  readonly positionIdx: PositionIdx;
  readonly orderId: string;
  readonly orderLinkId: string;
  readonly side: Side;
  readonly orderPrice: Decimal;
  readonly orderQty: Decimal;
  readonly leavesQty: Decimal;
  readonly createType: string;
  readonly orderType: 'Market' | 'Limit' | 'UNKNOWN';
  readonly stopOrderType: StopOrderType;
  readonly execType: ExecType;
  readonly execPrice: Decimal;
  readonly execQty: Decimal;
  readonly execValue: Decimal;
  readonly execFee: Decimal;
  readonly feeRate: Decimal;
  /** A tax on top of the fee, and its rate; 0n = none (reference E.1). */
  readonly extraFee: Decimal;
  readonly extraFeeRate: Decimal;
  /** Realised by this execution before its fee. */
  readonly execPnl: Decimal;
  readonly isMaker: boolean;
  readonly markPrice: Decimal;
  readonly indexPrice: Decimal;
  readonly closedSize: Decimal;
  readonly seq: number;
  readonly atMs: number;
}

interface Trailing {
  readonly distance: Decimal;
  /** 0n once armed. */
  activePrice: Decimal;
  /** As it was asked for. */
  readonly askedActivePrice: Decimal;
  /** The system order; absent until armed. */
  order: Order | undefined;
}

/** Other than Normal while the exchange takes it over; requests are refused meanwhile (reference A.5, 110005). */
type PositionStatus = 'Normal' | 'Liq' | 'Adl';

export interface Position {
  readonly account: string;
  readonly symbol: string;
  readonly positionIdx: PositionIdx;
  side: Side | '';
  size: Decimal;
  /** Exact sum of price x quantity of what is still open; the average price is this over the size. */
  entryValue: Decimal;
  /** Opening fees of what is still open. */
  openFees: Decimal;
  curRealisedPnl: Decimal;
  cumRealisedPnl: Decimal;
  /** Margin that its owner has added to an isolated position. */
  addedMargin: Decimal;
  autoAddMargin: 0 | 1;
  status: PositionStatus;
  stopLoss: Order | undefined;
  takeProfit: Order | undefined;
  trailing: Trailing | undefined;
  /** The account's open orders on this symbol and index: working, or triggered and not yet executed. */
  readonly orders: Set<Order>;
  /** Cross sequence of the last order or fill; -1 when never traded. */
  seq: number;
  /** When there was first a position on the symbol (reference C.5); when its row was made, before that. */
  createdAtMs: number;
  wasOpened: boolean;
  updatedAtMs: number;
  /** 0 when flat. */
  openedAtMs: number;
}

export interface FeeRates {
  readonly taker: Decimal;
  readonly maker: Decimal;
}

export interface Account {
  readonly name: string;
  readonly apiKey: string;
  readonly secret: string;
  readonly key: ApiKey;
  readonly uid: number;
  marginMode: string;
  marginModeSetAtMs: number;
  readonly defaultMode: PositionMode;
  readonly defaultLeverage: Decimal;
  readonly modes: Map<string, PositionMode>;
  readonly leverages: Map<string, Decimal>;
  /** Where the short side differs: isolated hedge positions only. */
  readonly shortLeverages: Map<string, Decimal>;
  /** By symbol, or under '' for all; what is not here has the venue's rates. */
  readonly feeRates: Map<string, FeeRates>;
  /** By `symbol:positionIdx`. */
  readonly positions: Map<string, Position>;
  /** Ended orders that order/realtime still shows, by orderId in the order of their ends (reference C.6). */
  readonly closedBuffer: Set<string>;
  /** Every order ever accepted, oldest first. */
  readonly orders: Map<string, Order>;
  /** Their ids in the same order, for who begins with the newest. */
  readonly orderIds: string[];
  readonly open: Set<Order>;
  readonly byLinkId: Map<string, Order>;
  readonly executions: Execution[];
  /** One record per closing order, by its orderId, oldest first. */
  readonly closedPnl: Map<string, ClosedPnl>;
  /** Their ids in the same order. */
  readonly closedPnlIds: string[];
  readonly transactions: Transaction[];
  /** Seconds without a connection after which orders would be cancelled; 0 = off. A setting only. */
  dcpWindowSeconds: number;
  /** What happens to limit orders beyond the price band; as the venue's option says when it was never set. */
  limitBeyondBand?: 'reprice' | 'refuse' | undefined;
  /** When demo money was last applied for. */
  demoMoneyAtMs: number | undefined;
  readonly startBalance: Decimal;
  walletBalance: Decimal;
  cumRealisedPnl: Decimal;
}

export function opposite(side: Side): Side {
  return side === 'Buy' ? 'Sell' : 'Buy';
}

export function leavesOf(order: Order): Decimal {
  return order.qty - order.cumExecQty;
}

/** New or partly filled: in the book. */
export function isActive(order: Order): boolean {
  return order.status === 'New' || order.status === 'PartiallyFilled';
}

/** In the book or waiting for its trigger. */
export function isWorking(order: Order): boolean {
  return isActive(order) || order.status === 'Untriggered';
}

/** Nothing more happens to it. */
export function hasEnded(order: Order): boolean {
  return !isWorking(order) && order.status !== 'Triggered';
}

/** Binds margin while it works, so that the wallet changes with it (reference D.4). */
export function opensMore(order: Order): boolean {
  return !order.reduceOnly && order.status !== 'Untriggered' && order.status !== 'Deactivated';
}
