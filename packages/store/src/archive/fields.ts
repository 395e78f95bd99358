import { plainText } from '@backstop/core';

/** A JSON object as it was read: nothing is known of its fields yet. */
export type Fields = Readonly<Record<string, unknown>>;

const DECIMAL_TEXT = /^(-?\d+(?:\.\d+)?)d?$/;

/** Reads JSON text that must be an object. Throws RangeError for anything else. */
export function objectOf(json: string): Fields {
  const value = parse(json);
  if (!isFields(value)) throw new RangeError('not a JSON object');
  return value;
}

/** A field that is text which a database column can hold. Throws RangeError for anything else. */
export function textOf(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string' || value.includes('\0') || !value.isWellFormed())
    throw new RangeError(`${name} is no text`);
  return plainText(value);
}

/** A field that is a whole number. Throws RangeError for anything else. */
export function wholeOf(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw new RangeError(`${name} is no whole number`);
  return value;
}

/** A field that is an object or a list, as JSON text. Throws RangeError for anything else. */
export function jsonOf(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== 'object' || value === null) throw new RangeError(`${name} is no object`);
  return JSON.stringify(value);
}

/** The text of a field, or null where there is none. */
export function optionalText(fields: Fields | undefined, name: string): string | null {
  try {
    return fields === undefined ? null : textOf(fields, name);
  } catch {
    return null;
  }
}

/** A decimal as plain digits, without the suffix that `toJson` gives it; null where there is none. */
export function optionalDecimal(fields: Fields | undefined, name: string): string | null {
  return DECIMAL_TEXT.exec(optionalText(fields, name) ?? '')?.[1] ?? null;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new RangeError('not JSON');
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
