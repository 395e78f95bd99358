import { type Decimal, decimal, type OrderRow, type OrderSpec, type PositionRow } from '@backstop/core';
import type { BybitAccount } from '../src/index.ts';
import { free } from './connect.ts';

/** A venue for the contract: one symbol whose price the suite moves, and fresh accounts with enough balance. */
export interface Venue extends AsyncDisposable {
  /** Its tick and step must allow prices around 100 and quantities of 0.5. */
  readonly symbol: string;
  /** An account in one-way mode that has never traded. */
  openAccount(): Promise<BybitAccount>;
  /** A known key with a wrong secret. */
  openWithWrongSecret(): Promise<BybitAccount>;
  /** Moves last, mark and index price. */
  setPrice(price: Decimal): Promise<void>;
}

/** Where the price stands when a case begins. */
export const PRICE = decimal('100');

/** Orders and look-ups in the words of the contract's cases. */
export class TradingSession {
  readonly venue: Venue;
  #serial = 0;

  constructor(venue: Venue) {
    this.venue = venue;
  }

  /** An account of its own for each case. */
  async fresh(): Promise<BybitAccount> {
    await this.venue.setPrice(PRICE);
    return this.venue.openAccount();
  }

  /** A buy below the market, unless told otherwise. */
  order(overrides: Partial<OrderSpec> = {}): OrderSpec {
    this.#serial += 1;
    return {
      symbol: this.venue.symbol,
      positionIdx: 0,
      orderLinkId: `bs-contract-${this.#serial}`,
      side: 'Buy',
      orderType: 'Limit',
      qty: decimal('1'),
      price: decimal('90'),
      timeInForce: 'GTC',
      reduceOnly: false,
      closeOnTrigger: false,
      ...overrides,
    };
  }

  market(overrides: Partial<OrderSpec> = {}): OrderSpec {
    const { price: _none, ...rest } = this.order({ orderType: 'Market', timeInForce: 'IOC', ...overrides });
    return rest;
  }

  takeProfit(price: string, qty: string): OrderSpec {
    return this.order({ side: 'Sell', price: decimal(price), qty: decimal(qty), reduceOnly: true });
  }

  /** The ids of orders that must be accepted; throws the first refusal. */
  async accepted(account: BybitAccount, specs: readonly OrderSpec[]): Promise<readonly string[]> {
    const replies = await account.createOrders(specs, free());
    return replies.map((reply) => {
      if (!reply.ok) throw reply.error;
      return reply.orderId;
    });
  }

  working(account: BybitAccount): Promise<readonly OrderRow[]> {
    return account.openOrders({ symbol: this.venue.symbol }, free());
  }

  async position(account: BybitAccount): Promise<PositionRow> {
    const [row] = await account.positions({ symbol: this.venue.symbol }, free());
    if (row === undefined) throw new Error('the symbol has no row');
    return row;
  }

  /** The working row of the position's stop. */
  async stopRow(account: BybitAccount): Promise<OrderRow | undefined> {
    const rows = await account.openOrders({ symbol: this.venue.symbol, filter: 'StopOrder' }, free());
    return rows.find(({ stopOrderType }) => stopOrderType === 'StopLoss');
  }
}
