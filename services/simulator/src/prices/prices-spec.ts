import type { Instrument } from '../engine/model.ts';
import type { Decimal } from '../engine/decimal.ts';
import { isMultipleOf } from '../engine/decimal.ts';
import type { Basis } from './basis.ts';
import { withBasis } from './basis.ts';
import type { PriceLine } from './price-csv.ts';
import type { PriceSource } from './price-source.ts';
import { createReplay } from './replay.ts';
import { createScript } from './script.ts';
import type { ScriptLine } from './script.ts';
import { createWalk } from './walk.ts';
import type { WalkSpec } from './walk.ts';

interface Common {
  /** So many times as fast: 60 = an hour of the source in a minute. */
  readonly speed: number;
  readonly basis: Basis;
}

/** How prices are to move. A seed that is missing is the simulator's. */
export type PricesSpec = Common &
  (
    | ({
        readonly source: 'walk';
        readonly seed?: number | undefined;
        readonly symbols?: readonly string[] | undefined;
      } & Omit<WalkSpec, 'seed' | 'speed'>)
    | { readonly source: 'replay'; readonly seed?: number | undefined; readonly lines: readonly PriceLine[] }
    | {
        readonly source: 'script';
        readonly symbol: string;
        readonly moves: readonly ScriptLine[];
        readonly everyMs: number;
      }
  );

type Instruments = ReadonlyMap<string, Instrument>;
type Ticks = ReadonlyMap<string, Pick<Instrument, 'tickSize'>>;

/** The source that a spec without {@link pricesFaults} describes, from `startMs` on. */
export function sourceOf(
  spec: PricesSpec,
  { instruments, seed }: { instruments: Instruments; seed: number },
  startMs: number,
): PriceSource {
  return withBasis(plainSource(spec, { instruments, seed }, startMs), spec.basis, instruments);
}

/** What of a spec does not fit the listed contracts: unknown symbols, prices off the tick; each with its place. */
export function pricesFaults(spec: PricesSpec, instruments: Ticks): readonly string[] {
  if (spec.source === 'walk') return (spec.symbols ?? []).flatMap((symbol) => unlisted(symbol, instruments));
  if (spec.source === 'script') {
    const instrument = instruments.get(spec.symbol);
    if (instrument === undefined) return unlisted(spec.symbol, instruments);
    return spec.moves.flatMap(({ price }, index) => offTick([price], instrument, `moves.${index}`));
  }
  const symbols = new Set(spec.lines.map(({ symbol }) => symbol));
  const faults = [...symbols].flatMap((symbol) => unlisted(symbol, instruments));
  const off = spec.lines.flatMap((line) => {
    const instrument = instruments.get(line.symbol);
    const prices = line.kind === 'trade' ? [line.price] : [line.open, line.high, line.low, line.close];
    return instrument === undefined ? [] : offTick(prices, instrument, `line ${line.line}`);
  });
  return [...faults, ...off];
}

function plainSource(
  spec: PricesSpec,
  { instruments, seed }: { instruments: Instruments; seed: number },
  startMs: number,
): PriceSource {
  switch (spec.source) {
    case 'walk': {
      const { symbols = [...instruments.keys()] } = spec;
      return createWalk({ instruments, symbols }, { ...spec, seed: spec.seed ?? seed }, startMs);
    }
    case 'replay':
      return createReplay(spec.lines, { instruments, seed: spec.seed ?? seed, speed: spec.speed }, startMs);
    case 'script': {
      const instrument = instruments.get(spec.symbol);
      if (instrument === undefined) throw new Error(`no instrument ${spec.symbol}`);
      const { symbol, moves: lines, everyMs, speed } = spec;
      return createScript({ symbol, lines, everyMs, speed }, instrument, startMs);
    }
    default:
      return spec satisfies never;
  }
}

function unlisted(symbol: string, instruments: Ticks): readonly string[] {
  return instruments.has(symbol) ? [] : [`no instrument ${symbol}`];
}

function offTick(
  prices: readonly Decimal[],
  { tickSize }: Pick<Instrument, 'tickSize'>,
  place: string,
): readonly string[] {
  return prices.every((price) => isMultipleOf(price, tickSize)) ? [] : [`${place}: a price is off the tick`];
}
