import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A protective call that somebody wants to make at a moment: an account is read, or a position's stop is moved. */
export interface Offer {
  /** From the beginning. */
  readonly atMs: number;
  readonly kind: 'reading' | 'stop';
  /** Indexes. */
  readonly account: number;
  readonly symbol: number;
}

export interface OfferedLoad {
  readonly seed: number;
  /** Calls. */
  readonly perSecond: number;
  readonly lengthMs: number;
  readonly accounts: number;
  readonly symbols: number;
}

/** When the market moves, so many positions of an account get a new stop at once. */
const STOPS_AT_ONCE = 4;
/** Of 7 arrivals one is such a burst: four calls in ten are stops. */
const ARRIVALS_A_BURST = 7;

/**
 * Protective calls as they come: at random moments, single readings and bursts of stops. The same for the same seed, and whatever
 * the seed as many as are asked for, but for the last burst.
 */
export function offersOf({ seed, perSecond, lengthMs, accounts, symbols }: OfferedLoad): readonly Offer[] {
  const random = xoroshiro128plus(seed);
  const count = Math.round((perSecond * lengthMs) / 1_000);
  const offers: Offer[] = [];
  let at = 0;
  const wait = (): void => {
    at -= Math.log(1 - uniformFloat64(random));
  };
  for (wait(); offers.length < count; wait()) {
    const account = uniformInt(random, 0, accounts - 1);
    const first = uniformInt(random, 0, symbols - 1);
    const isBurst = uniformInt(random, 1, ARRIVALS_A_BURST) === 1;
    const kind = isBurst ? 'stop' : 'reading';
    const calls = Array.from({ length: isBurst ? STOPS_AT_ONCE : 1 }, (_, nth) => (first + nth) % symbols);
    for (const symbol of calls) offers.push({ atMs: at, kind, account, symbol });
  }
  return offers.map((offer) => ({ ...offer, atMs: (offer.atMs * lengthMs) / at }));
}
