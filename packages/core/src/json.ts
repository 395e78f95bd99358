import { decimal, format } from './decimal.ts';

/** A Decimal as `toJson` writes it, or text that would be taken for one: that has a `'` more than it had before. */
const DECIMAL_TEXT = /^'*-?\d+(?:\.\d+)?d$/;

/**
 * JSON text in which each Decimal is written as a string with the suffix `d` ("0.429d"): exact, and readable in Redis. Text that
 * looks like one, such as an account called 5d, is written with a `'` before it ("'5d").
 */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, field: unknown) => {
    if (typeof field === 'bigint') return `${format(field)}d`;
    return typeof field === 'string' && isDecimalText(field) ? `'${field}` : field;
  });
}

/**
 * Reads what `toJson` wrote. The caller vouches for the type: use it only on text that Backstop wrote itself.
 * Throws SyntaxError on text that is not JSON.
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller names what it wrote
export function fromJson<T>(text: string): T {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only our own text is read back
  return revived(JSON.parse(text)) as T;
}

/** A text field of what `toJson` wrote, as it was before, for those who read the JSON without `fromJson`. */
export function plainText(field: string): string {
  return field.startsWith("'") && DECIMAL_TEXT.test(field) ? field.slice(1) : field;
}

/** Reads the Decimals of what JSON.parse has just made, in place: a third of the time that its own reviver takes. */
function revived(parsed: unknown): unknown {
  if (typeof parsed === 'string') return isDecimalText(parsed) ? read(parsed) : parsed;
  if (typeof parsed !== 'object' || parsed === null) return parsed;
  const fields: Record<string, unknown> = Object(parsed);
  for (const key of Object.keys(fields)) {
    const field = fields[key];
    const value = revived(field);
    if (value !== field) fields[key] = value;
  }
  return parsed;
}

/** The character d. */
const SUFFIX = 100;

function isDecimalText(field: string): boolean {
  return field.charCodeAt(field.length - 1) === SUFFIX && DECIMAL_TEXT.test(field);
}

function read(field: string): string | bigint {
  return field.startsWith("'") ? field.slice(1) : decimal(field.slice(0, -1));
}
