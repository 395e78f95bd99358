import type { Engine } from '../engine/engine.ts';
import { requireInstrument } from '../engine/venue.ts';
import type { VenueEvent } from '../engine/venue.ts';
import { notePosition } from './open-interest.ts';
import { endFrame, noteFill, noteFunding, notePrices, startTape } from './tape.ts';
import type { Tape } from './tape.ts';

/** What is public about all symbols, kept up to date by the engine's events. */
export interface Market {
  readonly engine: Engine;
  /** The symbol's tape, from its listing on; throws for a symbol that is not listed. */
  tape: (symbol: string) => Tape;
  /** Raised by each price and order of the symbol; the book cannot have changed while it stays. */
  revision: (symbol: string) => number;
}

const markets = new WeakMap<Engine, Market>();

/** The market of an engine; followed from now on when it was not before. */
export function marketOf(engine: Engine): Market {
  return markets.get(engine) ?? createMarket(engine, 0);
}

/** Follows an engine from now on, for {@link marketOf}. It only reads; the seed makes what others traded. */
export function createMarket(engine: Engine, seed: number): Market {
  const { venue } = engine;
  const tapes = new Map<string, Tape>();
  const tape = (symbol: string): Tape => {
    const known = tapes.get(symbol);
    if (known !== undefined) return known;
    const started = startTape(requireInstrument(venue, symbol), seed, venue.nowMs());
    tapes.set(symbol, started);
    return started;
  };
  const revisions = new Map<string, number>();
  const market: Market = { engine, tape, revision: (symbol) => revisions.get(symbol) ?? 0 };
  follow(market, (symbol) => void revisions.set(symbol, market.revision(symbol) + 1));
  for (const symbol of venue.instruments.keys()) tape(symbol);
  markets.set(engine, market);
  return market;
}

/** Takes the engine's events down on the tapes; `revise` hears of each that may change a book. */
function follow({ engine, tape }: Market, revise: (symbol: string) => void): void {
  const { venue } = engine;
  const touched = new Set<string>();
  const noteExecution = ({ execution, atMs }: VenueEvent & { type: 'execution' }): void => {
    const own = tape(execution.symbol);
    if (execution.execType === 'Funding') noteFunding(own, requireInstrument(venue, execution.symbol), atMs);
    else noteFill(own, execution);
    touched.add(execution.symbol);
  };
  const finish = (atMs: number): void => {
    for (const symbol of touched) endFrame(tape(symbol), requireInstrument(venue, symbol), atMs);
    touched.clear();
  };
  engine.onEvent((event) => {
    switch (event.type) {
      case 'price':
        notePrices(tape(event.symbol), requireInstrument(venue, event.symbol), event);
        touched.add(event.symbol);
        revise(event.symbol);
        break;
      case 'execution':
        noteExecution(event);
        break;
      case 'position':
        notePosition(tape(event.position.symbol).openInterest, event.position, event.atMs);
        break;
      case 'order':
        revise(event.order.symbol);
        break;
      case 'end':
        if (touched.size > 0) finish(event.atMs);
        break;
      case 'wallet':
        break;
      default:
        event satisfies never;
    }
  });
}
