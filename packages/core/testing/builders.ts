import { decimal, initialState, ONE } from '../src/index.ts';
import type {
  Context,
  Decimal,
  Executed,
  ExecutedBy,
  Execution,
  Instrument,
  LimitEntry,
  MarketEntry,
  OrderRow,
  Plan,
  PositionRow,
  Prices,
  Snapshot,
  TakeProfit,
} from '../src/index.ts';

/** Ten seconds after the epoch that tests start at, so that ages below zero do not occur. */
export const START_MS = 1_000_000;
export const INSTALLATION = 'abc';
export const PLAN_ID = 'planaaaaaaaa';

export const TAKER_FEE_RATE: Decimal = decimal('0.00055');

export function anInstrument(overrides: Partial<Instrument> = {}): Instrument {
  return {
    symbol: 'ALICEUSDT',
    status: 'Trading',
    tickSize: decimal('0.01'),
    qtyStep: decimal('0.1'),
    minOrderQty: decimal('0.1'),
    maxOrderQty: decimal('1000000'),
    maxMktOrderQty: decimal('1000000'),
    minNotionalValue: decimal('5'),
    deliveryTimeMs: 0,
    ...overrides,
  };
}

export function marketEntry(qty: string, leg: MarketEntry['leg'] = 'e0'): MarketEntry {
  return { leg, type: 'Market', qty: decimal(qty) };
}

export function limitEntry(leg: LimitEntry['leg'], qty: string, price: string): LimitEntry {
  return { leg, type: 'Limit', qty: decimal(qty), price: decimal(price) };
}

/** `ladder(['110', 85], ['120', 15])`: prices and percents, nearest first, legs t1, t2, ... */
export function ladder(...rungs: readonly (readonly [price: string, percent: number])[]): readonly TakeProfit[] {
  return rungs.map(([price, percent], index) => ({
    leg: `t${index + 1}`,
    price: decimal(price),
    share: (BigInt(percent) * ONE) / 100n,
  }));
}

/** A long: 100 at the market (100), 100 at 95, take-profits 85/5/5/5 from 110, stop 90, breakeven after the first. */
export function aPlan(overrides: Partial<Plan> = {}): Plan {
  return {
    id: PLAN_ID,
    account: 'main',
    symbol: 'ALICEUSDT',
    positionIdx: 0,
    side: 'Buy',
    entries: [marketEntry('100'), limitEntry('e1', '100', '95')],
    takeProfits: ladder(['110', 85], ['115', 5], ['120', 5], ['125', 5]),
    stopLoss: { triggerPrice: decimal('90'), triggerBy: 'LastPrice' },
    breakeven: { afterTakeProfit: 1, ifThrough: 'exit' },
    cancelEntriesAfterTakeProfit: 1,
    marketEntryDeadlineMs: START_MS + 30_000,
    referencePrice: decimal('100'),
    takerFeeRate: TAKER_FEE_RATE,
    createdAtMs: START_MS,
    restoreEpoch: 0,
    ...overrides,
  };
}

export function aPosition(overrides: Partial<PositionRow> = {}): PositionRow {
  return {
    symbol: 'ALICEUSDT',
    positionIdx: 0,
    side: 'Buy',
    size: decimal('100'),
    averagePrice: decimal('100'),
    stopLoss: decimal('90'),
    liqPrice: undefined,
    status: 'Normal',
    seq: 1,
    createdTimeMs: START_MS,
    updatedTimeMs: START_MS,
    ...overrides,
  };
}

export function anOrder(overrides: Partial<OrderRow> = {}): OrderRow {
  const qty = overrides.qty ?? decimal('100');
  return {
    orderId: `id-${overrides.orderLinkId ?? 'order'}`,
    orderLinkId: '',
    symbol: 'ALICEUSDT',
    positionIdx: 0,
    side: 'Sell',
    orderType: 'Limit',
    status: 'New',
    stopOrderType: '',
    price: undefined,
    qty,
    leavesQty: qty - (overrides.cumExecQty ?? 0n),
    cumExecQty: 0n,
    triggerPrice: undefined,
    triggerBy: undefined,
    stopLoss: undefined,
    reduceOnly: false,
    cancelType: '',
    rejectReason: '',
    createdTimeMs: START_MS,
    updatedTimeMs: START_MS,
    ...overrides,
  };
}

/** The position's Full-mode stop as an order row. */
export function aStopRow(overrides: Partial<OrderRow> = {}): OrderRow {
  return anOrder({
    orderId: 'stop',
    orderType: 'Market',
    status: 'Untriggered',
    stopOrderType: 'StopLoss',
    triggerPrice: decimal('90'),
    triggerBy: 'LastPrice',
    reduceOnly: true,
    ...overrides,
  });
}

/** One of the plan's own orders; generation 0 of restore epoch 0. */
export function ownLinkId(leg: string, generation = 0): string {
  return `bs-${INSTALLATION}${PLAN_ID}-${leg}-0-${generation.toString(36)}`;
}

export function aTakeProfitRow(leg: string, qty: string, price: string, overrides: Partial<OrderRow> = {}): OrderRow {
  return anOrder({
    orderLinkId: ownLinkId(leg),
    qty: decimal(qty),
    price: decimal(price),
    reduceOnly: true,
    ...overrides,
  });
}

export function anEntryRow(leg: string, qty: string, price: string, overrides: Partial<OrderRow> = {}): OrderRow {
  return anOrder({
    orderLinkId: ownLinkId(leg),
    side: 'Buy',
    qty: decimal(qty),
    price: decimal(price),
    stopLoss: decimal('90'),
    ...overrides,
  });
}

export function prices(last: string, atMs = START_MS): Prices {
  return { last: decimal(last), mark: decimal(last), index: decimal(last), atMs };
}

/** Sums as the store keeps them, priced at 100 with the taker fee. */
export function executed(sums: Readonly<Record<string, string>>): ReadonlyMap<ExecutedBy, Executed> {
  const entries = Object.entries(sums).map(([by, qty]) => {
    const value = decimal(qty) * 100n;
    return [by, { qty: decimal(qty), value, fee: (value * TAKER_FEE_RATE) / ONE }] as const;
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- tests name who executed
  return new Map(entries as (readonly [ExecutedBy, Executed])[]);
}

export function aSnapshot(overrides: Partial<Snapshot> = {}): Snapshot {
  return {
    instrument: anInstrument(),
    position: undefined,
    positionAtMs: START_MS,
    orders: [],
    ordersAtMs: START_MS,
    executed: new Map(),
    executionsSeq: 1,
    prices: prices('100'),
    ...overrides,
  };
}

export function tpSlContext(overrides: Partial<Context<'tp-sl'>> = {}): Context<'tp-sl'> {
  const state = overrides.state ?? initialState('tp-sl');
  return { plan: aPlan(), state, tpSl: state, installation: INSTALLATION, nowMs: START_MS, ...overrides };
}

export function limitOrderContext(overrides: Partial<Context<'limit-order'>> = {}): Context<'limit-order'> {
  return {
    plan: aPlan(),
    state: initialState('limit-order'),
    tpSl: initialState('tp-sl'),
    installation: INSTALLATION,
    nowMs: START_MS,
    ...overrides,
  };
}

export function anExecution(overrides: Partial<Execution> = {}): Execution {
  return {
    execId: 'exec-1',
    orderId: 'order-1',
    orderLinkId: ownLinkId('e0'),
    symbol: 'ALICEUSDT',
    side: 'Buy',
    execType: 'Trade',
    stopOrderType: '',
    createType: 'CreateByUser',
    price: decimal('100'),
    qty: decimal('10'),
    value: decimal('1000'),
    fee: decimal('0.55'),
    closedSize: 0n,
    seq: 1,
    timeMs: START_MS,
    ...overrides,
  };
}
