import type { Decimal } from '../decimal.ts';
import { dueFundings, setFundingRate, settleFunding, nextFundingMs } from './funding.ts';
import { addMargin, applyDemoMoney, setAutoAddMargin, setMarginMode } from './margin-settings.ts';
import type { PositionRef } from './margin-settings.ts';
import type { Account, FeeRates, Position, PositionMode } from '../model.ts';
import { setLeverage, switchMode, switchModeOfAll } from './settings.ts';
import type { Leverages } from './settings.ts';
import { finishTakeover, settleSymbol, takeOver } from './takeover.ts';
import type { TakeoverRequest } from './takeover.ts';
import { requireInstrument } from '../venue.ts';
import type { Venue } from '../venue.ts';

/** The engine's commands about money: settings of accounts, funding, and positions that the exchange closes by itself. */
export interface MoneyCommands {
  /** One number is for both sides. */
  setLeverage: (account: Account, symbol: string, leverage: Decimal | Leverages) => void;
  switchMode: (account: Account, symbol: string | undefined, mode: PositionMode) => void;
  setMarginMode: (account: Account, marginMode: string) => void;
  addMargin: (account: Account, position: PositionRef, amount: Decimal) => Position;
  setAutoAddMargin: (account: Account, position: PositionRef, autoAddMargin: 0 | 1) => void;
  applyDemoMoney: (account: Account, amount: Decimal) => void;
  /** Seconds; 0 = off. */
  setDisconnectWindow: (account: Account, seconds: number) => void;
  /** Of one symbol, or of all that have no rates of their own. */
  setFeeRates: (account: Account, symbol: string | undefined, rates: FeeRates) => void;
  /** What longs pay shorts at the next settlements, as a share of the position's value. */
  setFundingRate: (symbol: string, rate: Decimal) => void;
  /** Settles funding now, whatever the interval says. */
  settleFunding: (symbol: string) => void;
  liquidate: (account: Account, request: TakeoverRequest) => void;
  autoDeleverage: (account: Account, request: TakeoverRequest) => void;
  /** Delists a contract at a price; the index price when none is given. */
  settleSymbol: (symbol: string, price?: Decimal) => void;
}

/** How the engine runs a command: in a frame of its own, judged at its end. */
export type Framed = <T>(command: () => T) => T;

export function moneyCommands(venue: Venue, framed: Framed): MoneyCommands {
  return {
    setLeverage: (account, symbol, leverage) => {
      const both = typeof leverage === 'bigint' ? { buy: leverage, sell: leverage } : leverage;
      framed(() => setLeverage(venue, account, symbol, both));
    },
    switchMode: (account, symbol, mode) =>
      framed(() =>
        symbol === undefined ? switchModeOfAll(venue, account, mode) : switchMode(venue, account, symbol, mode),
      ),
    setMarginMode: (account, marginMode) => framed(() => setMarginMode(venue, account, marginMode)),
    addMargin: (account, position, amount) => framed(() => addMargin(venue, account, position, amount)),
    setAutoAddMargin: (account, position, isOn) => framed(() => setAutoAddMargin(venue, account, position, isOn)),
    applyDemoMoney: (account, amount) => framed(() => applyDemoMoney(venue, account, amount)),
    setDisconnectWindow: (account, seconds) => {
      account.dcpWindowSeconds = seconds;
    },
    setFeeRates: (account, symbol = '', rates) => void account.feeRates.set(symbol, rates),
    setFundingRate: (symbol, rate) => framed(() => setFundingRate(venue, symbol, rate)),
    settleFunding: (symbol) => framed(() => settleFunding(venue, symbol)),
    liquidate: (account, request) => framed(() => takeOver(venue, account, 'Liq', request)),
    autoDeleverage: (account, request) => framed(() => takeOver(venue, account, 'Adl', request)),
    settleSymbol: (symbol, price) => framed(() => settleSymbol(venue, symbol, price)),
  };
}

interface Due {
  readonly atMs: number;
  readonly run: () => void;
}

/** When the first of {@link dueMoney} is due; Infinity = nothing is. Asked at each step of time, so it makes no lists. */
export function nextMoneyMs(venue: Venue): number {
  let nextMs = Number.POSITIVE_INFINITY;
  for (const instrument of venue.instruments.values()) {
    const { symbol, deliveryTimeMs, status, fundedUntilMs } = instrument;
    if (deliveryTimeMs > 0 && status !== 'Closed') nextMs = Math.min(nextMs, deliveryTimeMs);
    const isFunded = venue.options.funding && (venue.openPositions.get(symbol)?.size ?? 0) > 0;
    if (isFunded) nextMs = Math.min(nextMs, nextFundingMs(instrument, fundedUntilMs));
  }
  for (const { atMs } of venue.takeovers) nextMs = Math.min(nextMs, atMs);
  return nextMs;
}

/** What time alone makes due: fundings, takeovers under way, delistings of contracts with a delivery time. */
export function dueMoney(venue: Venue): readonly Due[] {
  const fundings = venue.options.funding
    ? dueFundings(venue).map(({ symbol, atMs }) => ({ atMs, run: () => settleDueFunding(venue, symbol, atMs) }))
    : [];
  const takeovers = [...venue.takeovers].map((takeover) => ({
    atMs: takeover.atMs,
    run: () => finishTakeover(venue, takeover),
  }));
  return [...fundings, ...takeovers, ...dueDeliveries(venue)];
}

function settleDueFunding(venue: Venue, symbol: string, atMs: number): void {
  settleFunding(venue, symbol);
  requireInstrument(venue, symbol).fundedUntilMs = atMs;
}

function dueDeliveries(venue: Venue): readonly Due[] {
  return [...venue.instruments.values()]
    .filter(({ deliveryTimeMs, status }) => deliveryTimeMs > 0 && status !== 'Closed')
    .map(({ symbol, deliveryTimeMs: atMs }) => ({ atMs, run: () => settleSymbol(venue, symbol) }));
}
