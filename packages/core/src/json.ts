import { decimal, format } from './decimal.ts';

const DECIMAL_TEXT = /^-?\d+(?:\.\d+)?d$/;

/** JSON text in which each Decimal is written as a string with the suffix `d` ("0.429d"): exact, and readable in Redis. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, field: unknown) => (typeof field === 'bigint' ? `${format(field)}d` : field));
}

/**
 * Reads what `toJson` wrote. The caller vouches for the type: use it only on text that Backstop wrote itself.
 * Throws SyntaxError on text that is not JSON.
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller names what it wrote
export function fromJson<T>(text: string): T {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only our own text is read back
  return JSON.parse(text, (_key, field: unknown) =>
    typeof field === 'string' && DECIMAL_TEXT.test(field) ? decimal(field.slice(0, -1)) : field,
  ) as T;
}
