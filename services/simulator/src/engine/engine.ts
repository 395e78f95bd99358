import { createPriceFeed } from '../prices/price-feed.ts';
import type { PriceSource } from '../prices/price-source.ts';
import { createWalk } from '../prices/walk.ts';
import type { WalkSpec } from '../prices/walk.ts';
import { addAccount } from './money/accounts.ts';
import type { AccountSpec } from './money/accounts.ts';
import { amendOrder } from './orders/amend-order.ts';
import { cancelAllOrders, cancelOrder } from './orders/cancel-order.ts';
import type { CancelAll } from './orders/cancel-order.ts';
import { forgetOld } from './forget-old.ts';
import { tellAccounts } from './matching/in-match.ts';
import { addInstrument, changeInstrument } from './instruments.ts';
import type { InstrumentChange, InstrumentSpec } from './instruments.ts';
import type { Account, Order, Origin, PositionIdx } from './model.ts';
import { dueMoney, moneyCommands, nextMoneyMs } from './money/money.ts';
import type { Framed, MoneyCommands } from './money/money.ts';
import { movePrice } from './matching/move-price.ts';
import type { Prices } from './matching/move-price.ts';
import type { Amendment, OrderRef, OrderRequest } from './orders/order-request.ts';
import { placeOrder } from './orders/place-order.ts';
import { epochKey, judgeProtection } from './truth/protection.ts';
import type { Decimal } from './decimal.ts';
import { setTradingStop } from './stops/trading-stop.ts';
import type { TradingStop } from './stops/trading-stop.ts';
import { executeTriggered } from './matching/trigger.ts';
import { createVenue, inFrame, onEvent } from './venue.ts';
import type { Venue, VenueListener } from './venue.ts';

/**
 * The exchange as commands. Each runs to its end at once, emits its events under one frame number, and leaves the truth
 * judged. Commands throw a Refusal, and change nothing, when the exchange would answer with an error.
 */
export interface Engine extends MoneyCommands {
  readonly venue: Venue;
  onEvent: (listener: VenueListener) => () => void;
  addAccount: (spec: AccountSpec) => Account;
  addInstrument: (spec: InstrumentSpec) => void;
  /** Changes filters or status of a listed contract under its orders and positions; an Error for an unknown symbol. */
  changeInstrument: (symbol: string, change: InstrumentChange) => void;
  placeOrder: (account: Account, request: OrderRequest, origin?: Origin) => Order;
  amendOrder: (account: Account, ref: OrderRef, change: Amendment) => Order;
  cancelOrder: (account: Account, ref: OrderRef, by?: Origin) => Order;
  cancelAllOrders: (account: Account, scope: CancelAll) => readonly Order[];
  setTradingStop: (account: Account, request: TradingStop) => void;
  /**
   * Runs `command`, in which each cancel and amend of a resting order comes too late: the order fills first, whole and at
   * its own price. The cancel is accepted all the same and `Filled` is told twice, the second time with cancelType
   * CancelByUser and rejectReason EC_OrigClOrdIDDoesNotExist (reference C.14); the amend answers 110001.
   */
  losingRaces: <T>(command: () => T) => T;
  movePrice: (symbol: string, prices: Prices) => void;
  declareStop: (account: Account, position: { symbol: string; positionIdx: PositionIdx; stop: Decimal }) => void;
  startWalk: (spec: WalkSpec, symbols?: readonly string[]) => void;
  stopWalk: () => void;
  isWalking: () => boolean;
  /** Lets a source move prices from now on; one that moves the same symbols ends. */
  startPrices: (source: PriceSource) => void;
  /** Ends every source, walks too. */
  stopPrices: () => void;
  /** The sources that still have somewhere to go. */
  priceSources: () => readonly PriceSource[];
  /** When the engine wants {@link Engine.runDue} next; `undefined` = nothing is pending. */
  nextDueMs: () => number | undefined;
  /** Carries out what time alone has made due by now: steps of price sources, delayed stops. */
  runDue: () => void;
}

/** A fresh engine. `nowMs` is its only clock and `seed` its only chance. */
export function createEngine({ nowMs, seed }: { nowMs: () => number; seed: number }): Engine {
  const venue = createVenue(nowMs, seed);
  const feed = createPriceFeed();
  const framed = <T>(command: () => T): T => judged(venue, command);
  return {
    venue,
    onEvent: (listener) => onEvent(venue, listener),
    addAccount: (spec) => framed(() => addAccount(venue, spec)),
    addInstrument: (spec) => framed(() => void addInstrument(venue, spec)),
    changeInstrument: (symbol, change) => framed(() => void changeInstrument(venue, symbol, change)),
    placeOrder: (account, request, origin = 'api') => framed(() => placeOrder(venue, account, request, origin)),
    amendOrder: (account, ref, change) => framed(() => amendOrder(venue, account, ref, change)),
    cancelOrder: (account, ref, by = 'api') => framed(() => cancelOrder(venue, account, ref, by)),
    cancelAllOrders: (account, scope) => framed(() => cancelAllOrders(venue, account, scope)),
    setTradingStop: (account, request) => framed(() => setTradingStop(venue, account, request)),
    losingRaces: (command) => losingRaces(venue, command),
    ...moneyCommands(venue, framed),
    movePrice: (symbol, prices) => framed(() => movePrice(venue, symbol, prices)),
    declareStop: (account, declared) => framed(() => declareStop(venue, account, declared)),
    startWalk: (spec, symbols = [...venue.instruments.keys()]) => {
      feed.stop('walk');
      feed.start(createWalk({ instruments: venue.instruments, symbols }, spec, nowMs()));
    },
    stopWalk: () => feed.stop('walk'),
    isWalking: () => feed.running().some(({ kind }) => kind === 'walk'),
    startPrices: (source) => feed.start(source),
    stopPrices: () => feed.stop(),
    priceSources: () => feed.running(),
    nextDueMs: () =>
      earliest([feed.nextAtMs(), finite(nextMoneyMs(venue)), ...dueStops(venue).map(({ atMs }) => atMs)]),
    runDue: () => {
      for (const { order, atMs } of dueStops(venue)) {
        if (atMs <= nowMs()) framed(() => executeTriggered(venue, order));
      }
      if (nextMoneyMs(venue) <= nowMs()) runDueMoney(venue, framed);
      feed.runDue(nowMs(), ({ symbol, ...prices }) => judged(venue, () => movePrice(venue, symbol, prices)));
    },
  };
}

function losingRaces<T>(venue: Venue, command: () => T): T {
  const former = venue.losesRaces;
  venue.losesRaces = true;
  try {
    return command();
  } finally {
    venue.losesRaces = former;
  }
}

function judged<T>(venue: Venue, command: () => T): T {
  return inFrame(venue, command, () => {
    for (const position of venue.touched) judgeProtection(venue, position);
    venue.touched.clear();
    tellAccounts(venue);
    forgetOld(venue);
  });
}

/** Each at its turn, and again what has become due by that: a long pause holds several fundings. */
function runDueMoney(venue: Venue, framed: Framed): void {
  for (let due = nextDueMoney(venue); due !== undefined; due = nextDueMoney(venue)) framed(due.run);
}

function nextDueMoney(venue: Venue): ReturnType<typeof dueMoney>[number] | undefined {
  const due = dueMoney(venue).filter(({ atMs }) => atMs <= venue.nowMs());
  return due.toSorted((a, b) => a.atMs - b.atMs)[0];
}

function dueStops(venue: Venue): readonly { order: Order; atMs: number }[] {
  if (venue.triggered.size === 0) return [];
  const delayMs = venue.options.triggerDelayMs;
  return [...venue.triggered].map((order) => ({ order, atMs: (order.triggeredAtMs ?? 0) + delayMs }));
}

function finite(atMs: number): number | undefined {
  return Number.isFinite(atMs) ? atMs : undefined;
}

function earliest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function declareStop(
  venue: Venue,
  account: Account,
  { symbol, positionIdx, stop }: { symbol: string; positionIdx: PositionIdx; stop: Decimal },
): void {
  const key = epochKey({ account: account.name, symbol, positionIdx });
  if (stop === 0n) venue.truth.desiredStops.delete(key);
  else venue.truth.desiredStops.set(key, stop);
  const position = account.positions.get(`${symbol}:${positionIdx}`);
  if (position !== undefined) venue.touched.add(position);
}
