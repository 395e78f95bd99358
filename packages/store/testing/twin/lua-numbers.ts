const MOST_PLAIN_DIGITS = 15;
const HEX = /^[+-]?0x[0-9a-f]+$/i;
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const SPECIAL = /^([+-]?)(inf|infinity|nan)$/i;
const LARGEST_PLAIN = 1e14;
/** From here on toFixed gives no digits; such numbers are whole. */
const LARGEST_FIXED = 1e21;
/** More digits than doubles of any sane size have: what is beyond cannot turn a rounding. */
const EXACT_DIGITS = 100;

/** A number as Lua reads it from text (strtod, blanks around it allowed); undefined = it is none. */
export function parseNumber(text: string): number | undefined {
  const whole = parsePlain(text);
  if (whole !== undefined) return whole;
  const trimmed = text.replace(/^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g, '');
  if (DECIMAL.test(trimmed)) return Number(trimmed);
  if (HEX.test(trimmed)) {
    const value = Number(trimmed.replace(/^[+-]/, ''));
    return trimmed.startsWith('-') ? -value : value;
  }
  return special(trimmed);
}

/** Most numbers of the scripts are whole and small: digits, with or without a minus. undefined = it is not so plain. */
function parsePlain(text: string): number | undefined {
  const isNegative = text.startsWith('-');
  const from = isNegative ? 1 : 0;
  const count = text.length - from;
  if (count < 1 || count > MOST_PLAIN_DIGITS) return undefined;
  let value = 0;
  for (let at = from; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return isNegative ? -value : value;
}

function special(text: string): number | undefined {
  const [, sign, word] = SPECIAL.exec(text) ?? [];
  if (word === undefined) return undefined;
  if (word.toLowerCase() === 'nan') return NaN;
  return sign === '-' ? -Infinity : Infinity;
}

/** A number as Lua prints it: %.14g. */
export function printNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < LARGEST_PLAIN && !Object.is(value, -0)) return `${value}`;
  return general(value, 14);
}

/** A number as Redis takes it from a script: whole ones in full, others as %.17g. */
export function numberToArg(value: number): string {
  return isPlainWhole(value) ? `${value}` : general(value, 17);
}

/** JavaScript prints it as C does. */
function isPlainWhole(value: number): boolean {
  return Number.isSafeInteger(value) && !Object.is(value, -0);
}

/** C's %.<precision>g. */
export function general(value: number, precision: number): string {
  if (!Number.isFinite(value)) return infinite(value);
  const digitsWanted = Math.max(precision, 1);
  const { negative, digits, exponent } = rounded(value, digitsWanted);
  const isScientific = exponent < -4 || exponent >= digitsWanted;
  return (negative ? '-' : '') + (isScientific ? scientific(digits, exponent) : plain(digits, exponent));
}

function scientific(digits: string, exponent: number): string {
  const power = `${Math.abs(exponent)}`.padStart(2, '0');
  return `${withPoint(digits.slice(0, 1), digits.slice(1))}e${exponent < 0 ? '-' : '+'}${power}`;
}

function plain(digits: string, exponent: number): string {
  if (exponent < 0) return withPoint('0', '0'.repeat(-exponent - 1) + digits);
  return withPoint(digits.slice(0, exponent + 1), digits.slice(exponent + 1));
}

function withPoint(whole: string, fraction: string): string {
  const told = fraction.replace(/0+$/, '');
  return told === '' ? whole : `${whole}.${told}`;
}

/** C's %.<decimals>f. */
export function fixed(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return infinite(value);
  return decimals === 0 && isPlainWhole(value) ? `${value}` : exactly(value, decimals);
}

function exactly(value: number, decimals: number): string {
  const size = Math.abs(value);
  const exact = size >= LARGEST_FIXED ? `${BigInt(size)}.${'0'.repeat(EXACT_DIGITS)}` : size.toFixed(EXACT_DIGITS);
  const [whole = '0', fraction = ''] = exact.split('.');
  const scaled =
    BigInt(whole + fraction.slice(0, decimals)) + (roundsUp(whole + fraction, whole.length + decimals) ? 1n : 0n);
  const digits = scaled.toString().padStart(decimals + 1, '0');
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  return decimals === 0 ? sign + digits : `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

function infinite(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  return value < 0 ? '-inf' : 'inf';
}

interface Rounded {
  readonly negative: boolean;
  readonly digits: string;
  /** Of ten, of the first digit. */
  readonly exponent: number;
}

/** To so many significant digits, ties to even as in C; JavaScript would round them up. */
function rounded(value: number, precision: number): Rounded {
  const negative = value < 0 || Object.is(value, -0);
  const [mantissa = '0', power = '0'] = Math.abs(value).toExponential(EXACT_DIGITS).split('e');
  const all = mantissa.replace('.', '');
  const kept = all.slice(0, precision);
  const digits = roundsUp(all, precision) ? (BigInt(kept) + 1n).toString() : kept;
  const carried = digits.length > kept.length;
  return { negative, digits: carried ? digits.slice(0, -1) : digits, exponent: Number(power) + (carried ? 1 : 0) };
}

function roundsUp(digits: string, kept: number): boolean {
  const next = digits.charAt(kept);
  if (next !== '5') return next > '5';
  const isTie = /^0*$/.test(digits.slice(kept + 1));
  return !isTie || Number(digits.charAt(kept - 1)) % 2 === 1;
}
