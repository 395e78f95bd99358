import { floorTo, max } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import type { Instrument } from './model.ts';
import { gaussian, seededRandom, streamSeed } from './random.ts';
import type { Random } from './random.ts';

const MINUTE_MS = 60_000;

/** A geometric random walk of prices; its path depends on the seed and the starting prices alone, not on timing. */
export interface Walk {
  readonly spec: WalkSpec;
  readonly walkers: readonly Walker[];
  nextAtMs: number;
}

export interface WalkSpec {
  readonly seed: number;
  readonly stepMs: number;
  /** Standard deviation over a minute, in percent. */
  readonly volatilityPctPerMinute: number;
  readonly driftPctPerMinute: number;
}

interface Walker {
  readonly symbol: string;
  readonly random: Random;
  readonly start: Decimal;
  /** The price as a multiple of the start, unrounded: rounding to ticks must not feed back into the walk. */
  logReturn: number;
}

export function startWalk(instruments: readonly Instrument[], spec: WalkSpec, nowMs: number): Walk {
  const walkers = instruments.map(({ symbol, last }) => ({
    symbol,
    random: seededRandom(streamSeed(spec.seed, symbol)),
    start: last,
    logReturn: 0,
  }));
  return { spec, walkers, nextAtMs: nowMs + spec.stepMs };
}

/** The next price of one symbol, on its tick and at least one tick. */
export function nextPrice(walk: Walk, walker: Walker, instrument: Instrument): Decimal {
  const minutes = walk.spec.stepMs / MINUTE_MS;
  const sigma = walk.spec.volatilityPctPerMinute / 100;
  const drift = walk.spec.driftPctPerMinute / 100;
  const step = (drift - (sigma * sigma) / 2) * minutes + sigma * Math.sqrt(minutes) * gaussian(walker.random);
  walker.logReturn += step;
  const price = (walker.start * BigInt(Math.round(Math.exp(walker.logReturn) * 1e9))) / 1_000_000_000n;
  return max(floorTo(price, instrument.tickSize), instrument.tickSize);
}
