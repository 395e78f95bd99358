/** An exact decimal: a whole number of 1e-18 units. `+`, `-`, `<` and `===` work on it as they are. */
export type Decimal = bigint;

const PLACES = 18;
const ONE = 10n ** 18n;
/** The character 0. */
const ZERO = 48;
const PATTERN = /^-?\d{1,24}(?:\.\d{1,18})?$/;

/** Reads a plain decimal ("-12.50"); `undefined` for anything else, exponents and signs of plus included. */
export function parseDecimal(text: string): Decimal | undefined {
  if (!PATTERN.test(text)) return undefined;
  const negative = text.startsWith('-');
  const [whole = '0', fraction = ''] = (negative ? text.slice(1) : text).split('.');
  const units = BigInt(whole + fraction.padEnd(PLACES, '0'));
  return negative ? -units : units;
}

/** As {@link parseDecimal}, for constants and values that were checked before; throws a RangeError on anything else. */
export function decimal(text: string): Decimal {
  const value = parseDecimal(text);
  if (value === undefined) throw new RangeError(`not a decimal: ${text}`);
  return value;
}

/** The shortest plain text: no exponent, no trailing zeros, "0" for zero. */
export function show(value: Decimal): string {
  const { sign, whole, fraction } = parts(value);
  let count = PLACES;
  while (count > 0 && fraction.charCodeAt(count - 1) === ZERO) count -= 1;
  return count === 0 ? `${sign}${whole}` : `${sign}${whole}.${fraction.slice(0, count)}`;
}

/** "" for zero and for nothing: how the exchange writes a price that is not there. */
export function showOrEmpty(value: Decimal | undefined): string {
  return value === undefined || value === 0n ? '' : show(value);
}

/** Text with exactly `places` digits after the point; further digits are cut off. */
export function showFixed(value: Decimal, places: number): string {
  const { sign, whole, fraction } = parts(value);
  return places === 0 ? `${sign}${whole}` : `${sign}${whole}.${fraction.slice(0, places)}`;
}

/** The number of digits that a tick or step has after its point. */
export function placesOf(step: Decimal): number {
  return show(step).split('.')[1]?.length ?? 0;
}

/** Product, rounded half away from zero to 1e-18. Price x quantity of every listed contract is exact. */
export function times(a: Decimal, b: Decimal): Decimal {
  return divideRounded(a * b, ONE);
}

/** Quotient, rounded half away from zero to 1e-18; throws a RangeError when `b` is zero. */
export function over(a: Decimal, b: Decimal): Decimal {
  return divideRounded(a * ONE, b);
}

/** `amount x part / whole` with one rounding; `whole` must not be zero. */
export function proportion(amount: Decimal, part: Decimal, whole: Decimal): Decimal {
  return part === whole ? amount : divideRounded(amount * part, whole);
}

/** Rounds half away from zero to `places` digits. */
export function roundTo(value: Decimal, places: number): Decimal {
  const unit = 10n ** BigInt(PLACES - places);
  return divideRounded(value, unit) * unit;
}

/** Cuts off the digits beyond `places`, towards zero. */
export function cutTo(value: Decimal, places: number): Decimal {
  const unit = 10n ** BigInt(PLACES - places);
  return (value / unit) * unit;
}

/** The largest multiple of `step` that is not above a non-negative `value`. */
export function floorTo(value: Decimal, step: Decimal): Decimal {
  return value - (value % step);
}

export function isMultipleOf(value: Decimal, step: Decimal): boolean {
  return value % step === 0n;
}

export function min(a: Decimal, b: Decimal): Decimal {
  return a < b ? a : b;
}

export function max(a: Decimal, b: Decimal): Decimal {
  return a > b ? a : b;
}

export function abs(value: Decimal): Decimal {
  return value < 0n ? -value : value;
}

function divideRounded(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n !== denominator < 0n;
  const divisor = abs(denominator);
  const magnitude = (abs(numerator) + divisor / 2n) / divisor;
  return negative ? -magnitude : magnitude;
}

function parts(value: Decimal): { sign: string; whole: string; fraction: string } {
  const digits = abs(value)
    .toString()
    .padStart(PLACES + 1, '0');
  return { sign: value < 0n ? '-' : '', whole: digits.slice(0, -PLACES), fraction: digits.slice(-PLACES) };
}
