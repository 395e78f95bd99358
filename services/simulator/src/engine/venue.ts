import { defaultOptions } from './options.ts';
import type { EngineOptions } from './options.ts';
import type { Decimal } from './decimal.ts';
import type { HeldMargin } from './money/held-margin.ts';
import type { Account, Execution, Instrument, Order, Position } from './model.ts';
import type { PriceQueues } from './orders/price-queues.ts';
import { randomUuid, seededRandom } from './random.ts';
import type { Random } from './random.ts';
import type { Takeover } from './money/takeover.ts';
import { createTruth } from './truth/truth.ts';
import type { Truth } from './truth/truth.ts';

/** The frame is the same for all events of one command; a transport may join them. Rows are copies. */
export type VenueEvent = { readonly frame: number; readonly atMs: number } & (
  | { readonly type: 'order'; readonly account: string; readonly seq: number; readonly order: Readonly<Order> }
  | { readonly type: 'execution'; readonly account: string; readonly execution: Execution }
  | { readonly type: 'position'; readonly account: string; readonly position: Readonly<Position> }
  | { readonly type: 'wallet'; readonly account: string; readonly walletBalance: Decimal }
  | { readonly type: 'price'; readonly symbol: string; readonly size?: Decimal | undefined }
  /** The frame is complete: what it changed may be read, and its events may be sent. */
  | { readonly type: 'end' }
);

export type VenueListener = (event: VenueEvent) => void;

/** A distributed member, so that each kind of event can be made without its common part. */
type Unframed<T> = T extends VenueEvent ? Omit<T, 'frame' | 'atMs'> : never;

/** The whole exchange. Commands change it in place, one at a time, and never wait. */
export interface Venue {
  readonly nowMs: () => number;
  readonly random: Random;
  readonly options: EngineOptions;
  readonly startedAtMs: number;
  readonly accounts: Map<string, Account>;
  readonly accountsByKey: Map<string, Account>;
  readonly instruments: Map<string, Instrument>;
  /** Working orders of all accounts by symbol. */
  readonly working: Map<string, Set<Order>>;
  /** The same orders by the prices that reach them. */
  readonly queues: Map<string, PriceQueues>;
  /** Positions with a size, of all accounts, by symbol. */
  readonly openPositions: Map<string, Set<Position>>;
  /** Margins by position, as long as nothing that they depend on has changed. */
  readonly margins: WeakMap<Position, HeldMargin>;
  /** Stops between their trigger and their execution. */
  readonly triggered: Set<Order>;
  /** Positions that the exchange has taken over and not closed yet. */
  readonly takeovers: Set<Takeover>;
  /** Positions that the running command changed. */
  readonly touched: Set<Position>;
  readonly listeners: Set<VenueListener>;
  /** What the match under way has changed and nobody has been told yet; accounts and positions also of the whole frame. */
  readonly pending: {
    readonly orders: Set<Order>;
    readonly wallets: Set<Account>;
    readonly positions: Set<Position>;
  };
  readonly truth: Truth;
  /** Whether cancels and amends find their order filled a moment before; see `Engine.losingRaces`. */
  losesRaces: boolean;
  frame: number;
  /** The one moment at which the running command happens. */
  frameAtMs: number | undefined;
  count: number;
  /** The sequence that everything belonging to the fill under way shares (reference D.4). */
  matchSeq: number | undefined;
}

/** An exchange without accounts and instruments. All time comes from `clockMs`, all chance from `seed`. */
export function createVenue(clockMs: () => number, seed: number): Venue {
  const startedAtMs = clockMs();
  const venue: Venue = {
    nowMs: () => venue.frameAtMs ?? clockMs(),
    random: seededRandom(seed),
    options: defaultOptions(),
    startedAtMs,
    accounts: new Map(),
    accountsByKey: new Map(),
    instruments: new Map(),
    working: new Map(),
    queues: new Map(),
    openPositions: new Map(),
    margins: new WeakMap(),
    triggered: new Set(),
    takeovers: new Set(),
    touched: new Set(),
    listeners: new Set(),
    pending: { orders: new Set(), wallets: new Set(), positions: new Set() },
    truth: createTruth(),
    losesRaces: false,
    frame: 0,
    frameAtMs: undefined,
    count: 0,
    matchSeq: undefined,
  };
  return venue;
}

/** Runs a command: at one moment, under one frame number, with `settle` before its events end. */
export function inFrame<T>(venue: Venue, command: () => T, settle: () => void): T {
  venue.frame += 1;
  venue.frameAtMs = venue.nowMs();
  try {
    return command();
  } finally {
    settle();
    emit(venue, { type: 'end' });
    venue.frameAtMs = undefined;
  }
}

/** Calls `listener` for each event from now on; the result ends that. Listeners must not call the engine back. */
export function onEvent(venue: Venue, listener: VenueListener): () => void {
  venue.listeners.add(listener);
  return () => venue.listeners.delete(listener);
}

/** Whether it is worth while to copy a row. */
export function isHeard({ listeners }: Venue): boolean {
  return listeners.size > 0;
}

export function emit(venue: Venue, event: Unframed<VenueEvent>): void {
  if (!isHeard(venue)) return;
  const framed: VenueEvent = { ...event, frame: venue.frame, atMs: venue.nowMs() };
  for (const listener of venue.listeners) listener(framed);
}

export function newId(venue: Venue): string {
  return randomUuid(venue.random);
}

/** Executions have ids of another version than orders (captures). */
export function newExecId(venue: Venue): string {
  return randomUuid(venue.random, 5);
}

/** The next number in the one count of orders and executions. */
export function nextNumber(venue: Venue): number {
  venue.count += 1;
  return venue.count;
}

export function requireAccount(venue: Venue, name: string): Account {
  const account = venue.accounts.get(name);
  if (account === undefined) throw new Error(`no account ${name}`);
  return account;
}

export function requireInstrument(venue: Venue, symbol: string): Instrument {
  const instrument = venue.instruments.get(symbol);
  if (instrument === undefined) throw new Error(`no instrument ${symbol}`);
  return instrument;
}
