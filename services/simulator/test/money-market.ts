import { decimal } from '../src/engine/decimal.ts';
import { createEngine } from '../src/engine/engine.ts';
import type { Engine } from '../src/engine/engine.ts';
import type { Account, Order, Position, PositionIdx, PositionMode, Side } from '../src/engine/model.ts';
import type { EngineOptions } from '../src/engine/options.ts';
import type { OrderRequest } from '../src/engine/orders/order-request.ts';
import { positionOf } from '../src/engine/money/positions.ts';
import type { TierSpec } from '../src/engine/money/risk-tiers.ts';
import type { VenueEvent } from '../src/engine/venue.ts';
import { positionRow } from '../src/http/rows/position-row.ts';
import { walletRow } from '../src/http/rows/wallet-row.ts';
import { request } from './market.ts';

/** Half an hour before a funding of 16:00 UTC. */
const START_MS = Date.UTC(2026, 0, 5, 15, 30);

export interface MoneyMarketSpec {
  readonly symbol?: string;
  readonly tickSize?: string;
  readonly qtyStep?: string;
  readonly price?: string;
  readonly balance?: string;
  readonly leverage?: string;
  readonly marginMode?: string;
  readonly mode?: PositionMode;
  readonly riskTiers?: readonly TierSpec[];
  readonly fundingRate?: string;
  readonly deliveryTimeMs?: number;
  readonly options?: Partial<EngineOptions>;
}

/** One contract and one account whose numbers a test chooses; bid and ask are both the last price. */
export interface MoneyMarket {
  readonly engine: Engine;
  readonly account: Account;
  readonly events: VenueEvent[];
  readonly startMs: number;
  place: (fields: Partial<OrderRequest> & { side: Side }) => Order;
  price: (last: string, mark?: string) => void;
  pass: (ms: number) => void;
  position: (positionIdx?: PositionIdx) => Position;
  positionRow: (positionIdx?: PositionIdx) => Record<string, unknown>;
  walletRow: () => Record<string, unknown>;
  coinRow: () => Record<string, unknown>;
}

const STANDARD = { symbol: 'TESTUSDT', tickSize: '0.1', qtyStep: '0.1', price: '100', balance: '1000', leverage: '10' };

export function moneyMarket(spec: MoneyMarketSpec = {}): MoneyMarket {
  const { symbol, tickSize, qtyStep, price, balance, leverage } = { ...STANDARD, ...spec };
  let nowMs = START_MS;
  const engine = createEngine({ nowMs: () => nowMs, seed: 7 });
  Object.assign(engine.venue.options, { spreadTicks: 0, ...spec.options });
  engine.addInstrument({
    symbol,
    tickSize: decimal(tickSize),
    qtyStep: decimal(qtyStep),
    minOrderQty: decimal(qtyStep),
    maxOrderQty: decimal('100000'),
    maxMktOrderQty: decimal('100000'),
    minNotionalValue: decimal('5'),
    status: 'Trading',
    deliveryTimeMs: spec.deliveryTimeMs ?? 0,
    fundingInterval: 480,
    price: decimal(price),
    riskTiers: spec.riskTiers,
    fundingRate: decimal(spec.fundingRate ?? '0.0001'),
  });
  const account = addTrader(engine, 'main', { ...spec, balance, leverage });
  const events: VenueEvent[] = [];
  engine.onEvent((event) => void events.push(event));
  const position = (positionIdx: PositionIdx = 0): Position => positionOf(engine.venue, account, symbol, positionIdx);
  const wallet = (): Record<string, unknown> => walletRow(engine.venue, account);
  return {
    engine,
    account,
    events,
    startMs: START_MS,
    place: (fields) => engine.placeOrder(account, request({ symbol, ...fields })),
    price: (last, mark = last) =>
      engine.movePrice(symbol, { last: decimal(last), mark: decimal(mark), index: decimal(last) }),
    pass: (ms) => {
      nowMs += ms;
      engine.runDue();
    },
    position,
    positionRow: (positionIdx) => positionRow(engine.venue, account, position(positionIdx)),
    walletRow: wallet,
    coinRow: () => {
      const { coin } = wallet();
      return Array.isArray(coin) ? coin[0] : {};
    },
  };
}

export function addTrader(
  engine: Engine,
  name: string,
  { balance = '1000', leverage = '10', mode = 'one-way', marginMode = 'REGULAR_MARGIN' }: MoneyMarketSpec,
): Account {
  return engine.addAccount({
    name,
    apiKey: `${name}-key`,
    secret: 'secret',
    uid: 1_000_001,
    balance: decimal(balance),
    leverage: decimal(leverage),
    mode,
    marginMode,
  });
}
