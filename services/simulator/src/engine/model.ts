import type { Decimal } from './decimal.ts';

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

export interface Instrument {
  readonly symbol: string;
  readonly symbolId: number;
  readonly tickSize: Decimal;
  readonly qtyStep: Decimal;
  readonly minOrderQty: Decimal;
  readonly maxOrderQty: Decimal;
  readonly maxMktOrderQty: Decimal;
  readonly minNotionalValue: Decimal;
  readonly status: string;
  /** Milliseconds; 0 = a perpetual that is not being delisted. */
  readonly deliveryTimeMs: number;
  /** Minutes. */
  readonly fundingInterval: number;
  last: Decimal;
  mark: Decimal;
  index: Decimal;
  /** The cross sequence of the symbol: raised by each order change and fill. */
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
  status: OrderStatus;
  cancelType: string;
  rejectReason: string;
  updatedAtMs: number;
  triggeredAtMs: number | undefined;
  /** The other half of a Partial-mode pair. */
  pairOrderId: string | undefined;
}

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
  readonly orderType: 'Market' | 'Limit';
  readonly stopOrderType: StopOrderType;
  readonly execPrice: Decimal;
  readonly execQty: Decimal;
  readonly execValue: Decimal;
  readonly execFee: Decimal;
  readonly feeRate: Decimal;
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
  /** The system order; absent until armed. */
  order: Order | undefined;
}

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
  stopLoss: Order | undefined;
  takeProfit: Order | undefined;
  trailing: Trailing | undefined;
  /** Cross sequence of the last order or fill; -1 when never traded. */
  seq: number;
  createdAtMs: number;
  updatedAtMs: number;
  /** 0 when flat. */
  openedAtMs: number;
}

export interface Account {
  readonly name: string;
  readonly apiKey: string;
  readonly secret: string;
  readonly uid: number;
  readonly marginMode: string;
  readonly defaultMode: PositionMode;
  readonly defaultLeverage: Decimal;
  readonly modes: Map<string, PositionMode>;
  readonly leverages: Map<string, Decimal>;
  /** By `symbol:positionIdx`. */
  readonly positions: Map<string, Position>;
  /** Every order ever accepted, oldest first. */
  readonly orders: Map<string, Order>;
  readonly open: Set<Order>;
  readonly byLinkId: Map<string, Order>;
  readonly executions: Execution[];
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
