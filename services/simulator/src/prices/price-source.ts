import type { Decimal } from '../engine/decimal.ts';

/** Where a symbol's prices go next. */
export interface PriceMove {
  readonly symbol: string;
  readonly last: Decimal;
  readonly mark: Decimal;
  readonly index: Decimal;
  /** What was traded there, when the source knows. */
  readonly size?: Decimal | undefined;
}

/** Something that moves prices by itself. Moments are milliseconds of the exchange's clock. */
export interface PriceSource {
  readonly kind: 'walk' | 'replay' | 'script';
  readonly symbols: ReadonlySet<string>;
  /** When it moves next; `undefined` = it is over. */
  nextAtMs: () => number | undefined;
  /** The moves of that moment, in order; the next moment follows. */
  step: () => readonly PriceMove[];
}

/** The moment of something that is `afterMs` after the start of a source that runs `speed` times as fast. */
export function moment(startMs: number, afterMs: number, speed: number): number {
  return startMs + Math.round(afterMs / speed);
}
