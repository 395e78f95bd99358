import { addAccount } from './accounts.ts';
import type { AccountSpec } from './accounts.ts';
import { amendOrder } from './amend-order.ts';
import { cancelAllOrders, cancelOrder } from './cancel-order.ts';
import type { CancelAll } from './cancel-order.ts';
import { addInstrument } from './instruments.ts';
import type { InstrumentSpec } from './instruments.ts';
import type { Account, Order, Origin, PositionIdx, PositionMode } from './model.ts';
import { movePrice } from './move-price.ts';
import type { Prices } from './move-price.ts';
import type { Amendment, OrderRef, OrderRequest } from './order-request.ts';
import { placeOrder } from './place-order.ts';
import { epochKey, judgeProtection } from './protection.ts';
import { setLeverage, switchMode, switchModeOfAll } from './settings.ts';
import type { Decimal } from './decimal.ts';
import { setTradingStop } from './trading-stop.ts';
import type { TradingStop } from './trading-stop.ts';
import { executeTriggered } from './trigger.ts';
import { createVenue, inFrame, onEvent, requireInstrument } from './venue.ts';
import type { Venue, VenueListener } from './venue.ts';
import { nextPrice, startWalk } from './walk.ts';
import type { Walk, WalkSpec } from './walk.ts';

/**
 * The exchange as commands. Each runs to its end at once, emits its events under one frame number, and leaves the truth
 * judged. Commands throw a Refusal, and change nothing, when the exchange would answer with an error.
 */
export interface Engine {
  readonly venue: Venue;
  onEvent: (listener: VenueListener) => () => void;
  addAccount: (spec: AccountSpec) => Account;
  addInstrument: (spec: InstrumentSpec) => void;
  placeOrder: (account: Account, request: OrderRequest, origin?: Origin) => Order;
  amendOrder: (account: Account, ref: OrderRef, change: Amendment) => Order;
  cancelOrder: (account: Account, ref: OrderRef, by?: Origin) => Order;
  cancelAllOrders: (account: Account, scope: CancelAll) => readonly Order[];
  setTradingStop: (account: Account, request: TradingStop) => void;
  setLeverage: (account: Account, symbol: string, leverage: Decimal) => void;
  switchMode: (account: Account, symbol: string | undefined, mode: PositionMode) => void;
  movePrice: (symbol: string, prices: Prices) => void;
  declareStop: (account: Account, position: { symbol: string; positionIdx: PositionIdx; stop: Decimal }) => void;
  startWalk: (spec: WalkSpec, symbols?: readonly string[]) => void;
  stopWalk: () => void;
  /** When the engine wants {@link Engine.runDue} next; `undefined` = nothing is pending. */
  nextDueMs: () => number | undefined;
  /** Carries out what time alone has made due by now: steps of the walk, delayed stops. */
  runDue: () => void;
}

/** A fresh engine. `nowMs` is its only clock and `seed` its only chance. */
export function createEngine({ nowMs, seed }: { nowMs: () => number; seed: number }): Engine {
  const venue = createVenue(nowMs, seed);
  const state: { walk: Walk | undefined } = { walk: undefined };
  const framed = <T>(command: () => T): T => judged(venue, command);
  return {
    venue,
    onEvent: (listener) => onEvent(venue, listener),
    addAccount: (spec) => framed(() => addAccount(venue, spec)),
    addInstrument: (spec) => framed(() => void addInstrument(venue, spec)),
    placeOrder: (account, request, origin = 'api') => framed(() => placeOrder(venue, account, request, origin)),
    amendOrder: (account, ref, change) => framed(() => amendOrder(venue, account, ref, change)),
    cancelOrder: (account, ref, by = 'api') => framed(() => cancelOrder(venue, account, ref, by)),
    cancelAllOrders: (account, scope) => framed(() => cancelAllOrders(venue, account, scope)),
    setTradingStop: (account, request) => framed(() => setTradingStop(venue, account, request)),
    setLeverage: (account, symbol, leverage) => framed(() => setLeverage(venue, account, symbol, leverage)),
    switchMode: (account, symbol, mode) =>
      framed(() =>
        symbol === undefined ? switchModeOfAll(venue, account, mode) : switchMode(venue, account, symbol, mode),
      ),
    movePrice: (symbol, prices) => framed(() => movePrice(venue, symbol, prices)),
    declareStop: (account, declared) => framed(() => declareStop(venue, account, declared)),
    startWalk: (spec, symbols) => {
      const instruments = [...venue.instruments.values()].filter(({ symbol }) => symbols?.includes(symbol) ?? true);
      state.walk = startWalk(instruments, spec, nowMs());
    },
    stopWalk: () => {
      state.walk = undefined;
    },
    nextDueMs: () => earliest([state.walk?.nextAtMs, ...dueStops(venue).map(({ atMs }) => atMs)]),
    runDue: () => {
      for (const { order, atMs } of dueStops(venue)) {
        if (atMs <= nowMs()) framed(() => executeTriggered(venue, order));
      }
      stepWalk(venue, state.walk);
    },
  };
}

function judged<T>(venue: Venue, command: () => T): T {
  return inFrame(venue, command, () => {
    for (const position of venue.touched) judgeProtection(venue, position);
    venue.touched.clear();
  });
}

function stepWalk(venue: Venue, walk: Walk | undefined): void {
  if (walk === undefined) return;
  while (walk.nextAtMs <= venue.nowMs()) {
    walk.nextAtMs += walk.spec.stepMs;
    for (const walker of walk.walkers) {
      const last = nextPrice(walk, walker, requireInstrument(venue, walker.symbol));
      judged(venue, () => movePrice(venue, walker.symbol, { last, mark: last, index: last }));
    }
  }
}

function dueStops(venue: Venue): readonly { order: Order; atMs: number }[] {
  const delayMs = venue.options.triggerDelayMs;
  return [...venue.triggered].map((order) => ({ order, atMs: (order.triggeredAtMs ?? 0) + delayMs }));
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
