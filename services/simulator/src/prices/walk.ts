import { floorTo, max } from '../engine/decimal.ts';
import type { Decimal } from '../engine/decimal.ts';
import type { Instrument } from '../engine/model.ts';
import { gaussian, seededRandom, streamSeed } from '../engine/random.ts';
import type { Random } from '../engine/random.ts';
import { moment } from './price-source.ts';
import type { PriceSource } from './price-source.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

export interface WalkSpec {
  readonly seed: number;
  /** Milliseconds of the walk, which a speed shortens. */
  readonly stepMs: number;
  /** Standard deviation over a minute, in percent. */
  readonly volatilityPctPerMinute: number;
  readonly driftPctPerMinute: number;
  /** Steps per hour that jump, on average; each up or down by `jumpPct`. */
  readonly jumpsPerHour?: number | undefined;
  readonly jumpPct?: number | undefined;
  readonly speed?: number | undefined;
}

interface Walker {
  readonly symbol: string;
  readonly random: Random;
  /** Of its own, so that jumps do not change the path between them. */
  readonly jumpRandom: Random;
  readonly start: Decimal;
  /** The price as a multiple of the start, unrounded: rounding to ticks must not feed back into the walk. */
  logReturn: number;
}

/**
 * A geometric random walk of the prices of `symbols`; its path depends on the seed and the starting prices alone, not on
 * timing. Last, mark and index price move together, on the tick of the moment.
 */
export function createWalk(
  { instruments, symbols }: { instruments: ReadonlyMap<string, Instrument>; symbols: readonly string[] },
  spec: WalkSpec,
  startMs: number,
): PriceSource {
  const walkers = symbols.flatMap((symbol): Walker[] => {
    const instrument = instruments.get(symbol);
    if (instrument === undefined) return [];
    const random = seededRandom(streamSeed(spec.seed, symbol));
    const jumpRandom = seededRandom(streamSeed(spec.seed, `jump:${symbol}`));
    return [{ symbol, random, jumpRandom, start: instrument.last, logReturn: 0 }];
  });
  let steps = 1;
  return {
    kind: 'walk',
    symbols: new Set(walkers.map(({ symbol }) => symbol)),
    nextAtMs: () => moment(startMs, steps * spec.stepMs, spec.speed ?? 1),
    step: () => {
      steps += 1;
      return walkers.flatMap((walker) => {
        const instrument = instruments.get(walker.symbol);
        if (instrument === undefined) return [];
        const last = nextPrice(spec, walker, instrument);
        return [{ symbol: walker.symbol, last, mark: last, index: last }];
      });
    },
  };
}

/** The next price of one symbol, on its tick and at least one tick. */
function nextPrice(spec: WalkSpec, walker: Walker, { tickSize }: Instrument): Decimal {
  const minutes = spec.stepMs / MINUTE_MS;
  const sigma = spec.volatilityPctPerMinute / 100;
  const drift = spec.driftPctPerMinute / 100;
  const step = (drift - (sigma * sigma) / 2) * minutes + sigma * Math.sqrt(minutes) * gaussian(walker.random);
  walker.logReturn += step + jumpOf(spec, walker.jumpRandom);
  const price = (walker.start * BigInt(Math.round(Math.exp(walker.logReturn) * 1e9))) / 1_000_000_000n;
  return max(floorTo(price, tickSize), tickSize);
}

function jumpOf({ jumpsPerHour = 0, jumpPct = 0, stepMs }: WalkSpec, random: Random): number {
  if (jumpsPerHour === 0 || random() >= (jumpsPerHour * stepMs) / HOUR_MS) return 0;
  const jump = Math.log(1 + jumpPct / 100);
  return random() < 0.5 ? jump : -jump;
}
