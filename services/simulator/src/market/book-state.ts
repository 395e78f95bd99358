import { requireInstrument } from '../engine/venue.ts';
import { showPrice } from '../engine/instruments.ts';
import { showQty } from './show.ts';
import type { Market } from './market.ts';
import { bookOf } from './order-book.ts';

/** Price and size as texts. */
type Level = readonly [price: string, size: string];

/** A book as it was last shown. Its update id rises by one with each change that was shown. */
export interface BookState {
  u: number;
  atMs: number;
  seq: number;
  bids: ReadonlyMap<string, string>;
  asks: ReadonlyMap<string, string>;
  /** What it was made from; equal = the book is the same. */
  madeFrom: string;
  /** A stream shows it, so that only the stream's ticks may move it on. */
  isFollowed: boolean;
}

/** What changed in a book, size "0" = the price is gone. */
export interface BookChange {
  readonly b: readonly Level[];
  readonly a: readonly Level[];
}

/** 1 is the exchange's mark for a book after its restart (reference D.3). */
const FIRST_U = 2;

/** The book of a depth as it was shown last; the present one when it never was. */
export function bookState(market: Market, symbol: string, depth: number): BookState {
  const { books } = market.tape(symbol);
  const known = books.get(depth);
  if (known !== undefined) return known;
  const state = { ...presentBook(market, symbol, depth), u: FIRST_U, isFollowed: false };
  books.set(depth, state);
  return state;
}

/**
 * Where a book stands, for a listing. While a stream follows it this is what the stream has shown last: changes that
 * come with a higher `u` fit on the listing, which may have some of them already.
 */
export function bookMark(market: Market, symbol: string, depth: number): Pick<BookState, 'u' | 'seq' | 'atMs'> {
  const state = bookState(market, symbol, depth);
  if (!state.isFollowed) updateBook(market, symbol, depth);
  return state;
}

/** Brings a shown book up to date; its change, or `undefined` when there is none. */
export function updateBook(market: Market, symbol: string, depth: number): BookChange | undefined {
  const state = bookState(market, symbol, depth);
  if (state.madeFrom === ingredients(market, symbol)) return undefined;
  const present = presentBook(market, symbol, depth);
  const b = changesOf(state.bids, present.bids);
  const a = changesOf(state.asks, present.asks);
  if (b.length === 0 && a.length === 0) {
    state.madeFrom = present.madeFrom;
    return undefined;
  }
  Object.assign(state, present, { u: state.u + 1 });
  return { b, a };
}

function presentBook(market: Market, symbol: string, depth: number): Omit<BookState, 'u' | 'isFollowed'> {
  const { venue } = market.engine;
  const instrument = requireInstrument(venue, symbol);
  const { bids, asks } = bookOf(venue, instrument, depth);
  const shown = (side: ReadonlyMap<bigint, bigint>): ReadonlyMap<string, string> =>
    new Map([...side].map(([price, size]) => [showPrice(instrument, price), showQty(instrument, size)]));
  return {
    atMs: venue.nowMs(),
    seq: instrument.seq,
    bids: shown(bids),
    asks: shown(asks),
    madeFrom: ingredients(market, symbol),
  };
}

function ingredients({ engine, revision }: Market, symbol: string): string {
  const { depthNotional, spreadTicks } = engine.venue.options;
  const { last } = requireInstrument(engine.venue, symbol);
  return `${revision(symbol)} ${last} ${depthNotional} ${spreadTicks}`;
}

function changesOf(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): readonly Level[] {
  const changed = [...now].filter(([price, size]) => before.get(price) !== size);
  const gone = [...before.keys()].filter((price) => !now.has(price)).map((price): Level => [price, '0']);
  return [...changed, ...gone];
}
