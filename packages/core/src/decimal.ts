/**
 * An exact decimal number: a bigint of 1e-12 units. `+ - < ===` are the normal operators; `JSON.stringify` refuses one
 * that leaks (use `toJson`).
 */
export type Decimal = bigint;

const PLACES = 12;

/** One, the unit of the scale. */
export const ONE: Decimal = 10n ** BigInt(PLACES);

const PATTERN = /^(-?)(\d+)(?:\.(\d+))?$/;

/** Parses plain decimal text ("0.4290"). Throws RangeError for anything else: exponents, spaces, over 12 places. */
export function decimal(text: string): Decimal {
  const match = PATTERN.exec(text);
  const [, sign = '', whole = '', fraction = ''] = match ?? [];
  const significant = fraction.replace(/0+$/, '');
  if (match === null || significant.length > PLACES) throw new RangeError(`not a decimal: ${JSON.stringify(text)}`);

  const units = BigInt(whole) * ONE + BigInt(significant.padEnd(PLACES, '0'));
  return sign === '-' ? -units : units;
}

/** Plain text without exponent or trailing zeros, as it goes on the wire. */
export function format(value: Decimal): string {
  const units = value < 0n ? -value : value;
  const fraction = (units % ONE).toString().padStart(PLACES, '0').replace(/0+$/, '');
  const text = fraction === '' ? `${units / ONE}` : `${units / ONE}.${fraction}`;
  return value < 0n ? `-${text}` : text;
}

/** a x b, rounded towards zero at the last place. */
export function multiply(a: Decimal, b: Decimal): Decimal {
  return (a * b) / ONE;
}

/** a / b, rounded towards zero at the last place. Throws RangeError when b is zero. */
export function divide(a: Decimal, b: Decimal): Decimal {
  return (a * ONE) / b;
}

/** The largest multiple of `step` that is not above `value` (value >= 0, step > 0). */
export function floorTo(value: Decimal, step: Decimal): Decimal {
  return value - (value % step);
}

/** The smallest multiple of `step` that is not below `value` (value >= 0, step > 0). */
export function ceilTo(value: Decimal, step: Decimal): Decimal {
  const rest = value % step;
  return rest === 0n ? value : value - rest + step;
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

/** Sums any iterable of decimals. */
export function sum(values: Iterable<Decimal>): Decimal {
  let total = 0n;
  for (const value of values) total += value;
  return total;
}
