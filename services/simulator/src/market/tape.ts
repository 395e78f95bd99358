import { over, roundTo } from '../engine/decimal.ts';
import type { Decimal } from '../engine/decimal.ts';
import { opposite } from '../engine/model.ts';
import type { Execution, Instrument, Side } from '../engine/model.ts';
import { seededRandom, streamSeed } from '../engine/random.ts';
import type { Random } from '../engine/random.ts';
import { addToBars, startBars } from './bars.ts';
import type { Bars } from './bars.ts';
import type { BookState } from './book-state.ts';
import { createDayFigures } from './day-figures.ts';
import type { DayFiguresOf } from './day-figures.ts';
import { startOpenInterest } from './open-interest.ts';
import type { OpenInterest } from './open-interest.ts';
import { backgroundTrade, tradeOfFill } from './public-trade.ts';
import type { PublicTrade, TradeBefore } from './public-trade.ts';

const MOST_TRADES = 1_000;
const MINUTE_MS = 60_000;
const PREMIUM_PLACES = 6;

export type PriceKind = 'last' | 'mark' | 'index' | 'premium';

/** What everybody saw of one symbol. Of bounded size. */
export interface Tape {
  readonly symbol: string;
  readonly startedAtMs: number;
  /** Oldest first; the newest thousand are what a listing shows. */
  readonly trades: PublicTrade[];
  readonly bars: Readonly<Record<PriceKind, Bars>>;
  readonly day: DayFiguresOf;
  readonly openInterest: OpenInterest;
  readonly random: Random;
  /** The number of the first trade; ids are made of numbers. */
  readonly firstNumber: number;
  /** Takeovers of positions, oldest first. */
  readonly liquidations: Liquidation[];
  /** By depth of the book. */
  readonly books: Map<number, BookState>;
  /** Each funding rate and since when it holds, oldest first. */
  readonly fundingRates: { readonly sinceMs: number; readonly rate: Decimal }[];
  /** Settlements of funding between whole intervals, oldest first. */
  readonly oddFundings: { readonly atMs: number; readonly rate: Decimal }[];
  before: TradeBefore;
  /** What the running command says was traded at the last price. */
  sizeAtLast: Decimal | undefined;
  /** How many trades and liquidations there ever were; who follows the tape remembers where it was. */
  printed: number;
  liquidated: number;
}

/** A position that the exchange took over. */
interface Liquidation {
  readonly side: Side;
  readonly price: Decimal;
  readonly size: Decimal;
  readonly atMs: number;
}

/** An empty tape; its klines open at the prices of now. `seed` makes the sizes and ids of background trades. */
export function startTape(instrument: Instrument, seed: number, atMs: number): Tape {
  const { symbol, last, mark, index } = instrument;
  const bars = {
    last: startBars(last, atMs),
    mark: startBars(mark, atMs),
    index: startBars(index, atMs),
    premium: startBars(premiumOf(instrument), atMs),
  };
  return {
    symbol,
    startedAtMs: atMs,
    trades: [],
    bars,
    day: createDayFigures(),
    openInterest: startOpenInterest(),
    random: seededRandom(streamSeed(seed, `tape:${symbol}`)),
    firstNumber: streamSeed(seed, `ids:${symbol}:${atMs}`),
    liquidations: [],
    books: new Map(),
    oddFundings: [],
    fundingRates: [{ sinceMs: atMs, rate: instrument.fundingRate }],
    before: { price: last, direction: 'ZeroPlusTick' },
    sizeAtLast: undefined,
    printed: 0,
    liquidated: 0,
  };
}

interface PriceEvent {
  readonly atMs: number;
  /** What was traded at the last price, when it is known. */
  readonly size?: Decimal | undefined;
}

/** Takes down mark, index and funding rate; the last price follows with its trade at the end of the frame. */
export function notePrices(tape: Tape, instrument: Instrument, { atMs, size }: PriceEvent): void {
  tape.sizeAtLast = size;
  addToBars(tape.bars.mark, instrument.mark, { atMs, size: 0n });
  addToBars(tape.bars.index, instrument.index, { atMs, size: 0n });
  addToBars(tape.bars.premium, premiumOf(instrument), { atMs, size: 0n });
  const { fundingRate: rate } = instrument;
  if (tape.fundingRates.at(-1)?.rate === rate) return;
  tape.fundingRates.push({ sinceMs: atMs, rate });
  if (tape.fundingRates.length > 2 * MOST_TRADES) tape.fundingRates.splice(0, MOST_TRADES);
}

/** Takes down a trade or a liquidation; takeovers happen beside the book, so that nobody sees a trade at their price. */
export function noteFill(tape: Tape, execution: Execution): void {
  const { execType, side, execPrice: price, execQty: size, atMs } = execution;
  if (execType === 'Trade') print(tape, tradeOfFill(execution, tape.before, tape.firstNumber + tape.printed));
  if (execType !== 'BustTrade') return;
  tape.liquidations.push({ side: opposite(side), price, size, atMs });
  tape.liquidated += 1;
  if (tape.liquidations.length > 2 * MOST_TRADES) tape.liquidations.splice(0, MOST_TRADES);
}

/** Takes down a settlement that did not wait for the end of its interval; one a moment late is that of the interval. */
export function noteFunding(tape: Tape, { fundingInterval, fundingRate: rate }: Instrument, atMs: number): void {
  if (atMs % (fundingInterval * MINUTE_MS) < MINUTE_MS || tape.oddFundings.at(-1)?.atMs === atMs) return;
  tape.oddFundings.push({ atMs, rate });
  if (tape.oddFundings.length > 2 * MOST_TRADES) tape.oddFundings.splice(0, MOST_TRADES);
}

/** Ends a frame: when the last price is not that of the last trade, or is said to have traded, somebody else did. */
export function endFrame(tape: Tape, instrument: Instrument, atMs: number): void {
  const { sizeAtLast: size = 0n, before, random } = tape;
  tape.sizeAtLast = undefined;
  if (size === 0n && before.price === instrument.last) return;
  print(tape, backgroundTrade(instrument, before, { random, atMs, size, number: tape.firstNumber + tape.printed }));
}

/** The newest trades, newest first. */
export function newestTrades(tape: Tape, most: number): readonly PublicTrade[] {
  return tape.trades.slice(-Math.min(most, MOST_TRADES)).toReversed();
}

function print(tape: Tape, trade: PublicTrade): void {
  tape.trades.push(trade);
  if (tape.trades.length > 2 * MOST_TRADES) tape.trades.splice(0, MOST_TRADES);
  tape.printed += 1;
  tape.before = trade;
  addToBars(tape.bars.last, trade.price, trade);
}

/** How far the last price is above the index, as a share of it. */
function premiumOf({ last, index }: Instrument): Decimal {
  if (last === index) return 0n;
  return roundTo(over(last - index, index), PREMIUM_PLACES);
}
