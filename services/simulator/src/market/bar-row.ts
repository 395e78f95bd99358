import { show, showFixed } from '../engine/decimal.ts';
import type { Decimal } from '../engine/decimal.ts';
import type { Bar } from './bars.ts';
import type { PriceKind } from './tape.ts';

const PREMIUM_PLACES = 6;

/** One kline of a listing (reference C.4); only those of the last price have volume and turnover. */
export function barRow({ startMs, open, high, low, close, volume, turnover }: Bar, kind: PriceKind): string[] {
  const text = kind === 'premium' ? (value: Decimal): string => showFixed(value, PREMIUM_PLACES) : show;
  const prices = [String(startMs), text(open), text(high), text(low), text(close)];
  return kind === 'last' ? [...prices, show(volume), show(turnover)] : prices;
}
