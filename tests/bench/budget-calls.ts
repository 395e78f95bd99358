import { randomUUID } from 'node:crypto';
import { decimal, type Exchange, type WriteReply } from '@backstop/core';
import { readTruth } from '../support/truth.ts';
import type { ProcessPlace } from './budget-phase.ts';

/** One request to the exchange; rejects where it was not sent or refused. */
export type Call = () => Promise<unknown>;

/** The calls of `bench budget`, by the indexes of account and symbol; each is one request of cost 1. */
export interface Calls {
  readonly read: (account: number) => Call;
  readonly moveStop: (account: number, symbol: number) => Call;
  /** Moves the take-profit that rests. */
  readonly amend: (account: number, symbol: number) => Call;
  /** By turns an entry far away and its cancel, for each who asks. */
  readonly enterOrLeave: (account: number, asker: number) => Call;
}

const LIMIT_MS = 10_000;
const LEVELS = 500;

export async function openCalls(place: ProcessPlace, exchangeOf: (account: string) => Exchange): Promise<Calls> {
  const { openOrders } = await readTruth(place.exchangeUrl);
  const profits = new Map(
    openOrders
      .filter(({ orderLinkId }) => orderLinkId.includes('-t1-'))
      .map(({ account, symbol, orderId }) => [`${account} ${symbol}`, orderId]),
  );
  const entered = new Map<number, { readonly account: number; readonly orderId: string }>();
  const { accounts, symbols } = place;
  const of = (account: number): Exchange => exchangeOf(accounts[account] ?? '');
  const symbolAt = (index: number): string => symbols[index] ?? '';
  let turn = 0;
  /** Another price than the last time: what changes nothing is refused. */
  const ticks = (): bigint => BigInt((turn = (turn + 1) % LEVELS)) * decimal('0.01');

  return {
    read: (account) => () => of(account).positions({}, { signal: limit() }),
    moveStop: (account, symbol) => async () => {
      const stop = { symbol: symbolAt(symbol), positionIdx: 0, triggerBy: 'LastPrice' } as const;
      demand([await of(account).setStop({ ...stop, triggerPrice: decimal('80') + ticks() }, write())]);
    },
    amend: (account, symbol) => async () => {
      const orderId = profits.get(`${accounts[account] ?? ''} ${symbolAt(symbol)}`) ?? '';
      const order = { symbol: symbolAt(symbol), orderId, price: decimal('200') + ticks() };
      demand(await of(account).amendOrders([order], write()));
    },
    enterOrLeave: (account, asker) => async () => {
      const held = entered.get(asker);
      const symbol = symbolAt(0);
      if (held !== undefined) {
        entered.delete(asker);
        demand(await of(held.account).cancelOrders([{ symbol, orderId: held.orderId }], write()));
        return;
      }
      const [reply] = demand(await of(account).createOrders([entry(symbol)], write()));
      if (reply !== undefined) entered.set(asker, { account, orderId: reply });
    },
  };
}

function entry(symbol: string): Parameters<Exchange['createOrders']>[0][number] {
  const orderLinkId = `bench-${randomUUID().slice(0, 20)}`;
  const plain = { timeInForce: 'GTC', reduceOnly: false, closeOnTrigger: false } as const;
  return {
    ...plain,
    symbol,
    positionIdx: 0,
    orderLinkId,
    side: 'Buy',
    orderType: 'Limit',
    qty: decimal('1'),
    price: decimal('60'),
  };
}

function demand(replies: readonly WriteReply[]): readonly string[] {
  return replies.map((reply) => {
    if (!reply.ok) throw reply.error;
    return reply.orderId;
  });
}

function write(): { signal: AbortSignal; beforeSend: () => Promise<void> } {
  return { signal: limit(), beforeSend: () => Promise.resolve() };
}

function limit(): AbortSignal {
  return AbortSignal.timeout(LIMIT_MS);
}
