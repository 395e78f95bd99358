import type { AccountSpec } from '../src/engine/money/accounts.ts';
import { decimal } from '../src/engine/decimal.ts';
import { createEngine } from '../src/engine/engine.ts';
import type { Engine } from '../src/engine/engine.ts';
import type { InstrumentSpec } from '../src/engine/instruments.ts';
import type { Account, Order, Position, PositionMode, Side } from '../src/engine/model.ts';
import type { OrderRequest } from '../src/engine/orders/order-request.ts';
import { plainOrder } from '../src/engine/orders/plain-order.ts';
import { positionOf } from '../src/engine/money/positions.ts';
import { Refusal } from '../src/engine/refusal.ts';

export const SYMBOL = 'TESTUSDT';
const START_MS = 1_700_000_000_000;

/** One contract at 100 (tick 0.1, step 0.1, least value 5) and one account with 100,000 USDT, under a clock of its own. */
export interface Market {
  readonly engine: Engine;
  readonly account: Account;
  position: (positionIdx?: 0 | 1 | 2) => Position;
  price: (last: string, other?: { mark?: string; index?: string }) => void;
  place: (fields: Partial<OrderRequest> & { side: Side }, origin?: 'api' | 'manual') => Order;
  pass: (ms: number) => void;
}

export const instrumentSpec: InstrumentSpec = {
  symbol: SYMBOL,
  tickSize: decimal('0.1'),
  qtyStep: decimal('0.1'),
  minOrderQty: decimal('0.1'),
  maxOrderQty: decimal('1000'),
  maxMktOrderQty: decimal('500'),
  minNotionalValue: decimal('5'),
  status: 'Trading',
  deliveryTimeMs: 0,
  fundingInterval: 480,
  price: decimal('100'),
};

export const accountSpec: AccountSpec = {
  name: 'main',
  apiKey: 'key',
  secret: 'secret',
  uid: 1,
  balance: decimal('100000'),
  mode: 'one-way',
  leverage: decimal('10'),
  marginMode: 'REGULAR_MARGIN',
};

export function market({ mode = 'one-way', seed = 7 }: { mode?: PositionMode; seed?: number } = {}): Market {
  let nowMs = START_MS;
  const engine = createEngine({ nowMs: () => nowMs, seed });
  engine.addInstrument(instrumentSpec);
  const account = engine.addAccount({ ...accountSpec, mode });
  return {
    engine,
    account,
    position: (positionIdx = 0) => positionOf(engine.venue, account, SYMBOL, positionIdx),
    price: (last, { mark = last, index = last } = {}) =>
      engine.movePrice(SYMBOL, { last: decimal(last), mark: decimal(mark), index: decimal(index) }),
    place: (fields, origin = 'api') => engine.placeOrder(account, request(fields), origin),
    pass: (ms) => {
      nowMs += ms;
      engine.runDue();
    },
  };
}

/** A create of one coin at market unless `fields` say otherwise; a price makes it a limit order. */
export function request(fields: Partial<OrderRequest> & { side: Side }): OrderRequest {
  return {
    ...plainOrder,
    symbol: SYMBOL,
    orderType: fields.price === undefined ? 'Market' : 'Limit',
    qty: decimal('1'),
    positionIdx: 0,
    ...fields,
  };
}

/** The retCode that a command is refused with; 0 when it is accepted. */
export function retCodeOf(command: () => unknown): number {
  try {
    command();
    return 0;
  } catch (error) {
    if (error instanceof Refusal) return error.retCode;
    throw error;
  }
}
