import { LuaError } from './lua-error.ts';
import { printNumber } from './lua-numbers.ts';
import { JSON_NULL, LuaTable, typeName, type LuaValue } from './lua-table.ts';

/** cjson.decode: null is cjson.null, an array counts from 1. */
export function decodeJson(text: LuaValue): LuaValue {
  if (typeof text !== 'string')
    throw new LuaError(`bad argument #1 to 'decode' (string expected, got ${typeName(text)})`);
  try {
    return toLua(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) throw new LuaError(`Expected value but found invalid token: ${error.message}`);
    throw error;
  }
}

function toLua(value: unknown): LuaValue {
  if (value === null) return JSON_NULL;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return new LuaTable(value.map(toLua));
  return toFields(Object(value));
}

function toFields(value: object): LuaTable {
  const table = new LuaTable();
  for (const [key, inner] of Object.entries(value)) (table.fields ??= new Map()).set(key, toLua(inner));
  return table;
}

/**
 * cjson.encode. The members of an object come in the order in which they were set; Lua's order is that of its hashes, so only
 * the parsed texts compare.
 */
export function encodeJson(value: LuaValue): string {
  if (typeof value === 'string') return encodeText(value);
  if (typeof value === 'number') return encodeNumber(value);
  if (typeof value === 'boolean') return `${value}`;
  if (value === undefined || value === JSON_NULL) return 'null';
  if (value instanceof LuaTable) return encodeTable(value);
  throw new LuaError(`Cannot serialise ${typeName(value)}: type not supported`);
}

function encodeText(value: string): string {
  return JSON.stringify(value)
    .replaceAll('/', String.raw`\/`)
    .replaceAll('\u007f', String.raw`\u007f`);
}

function encodeNumber(value: number): string {
  if (!Number.isFinite(value)) throw new LuaError('Cannot serialise number: must not be NaN or Inf');
  return printNumber(value);
}

function encodeTable({ items, fields, holes }: LuaTable): string {
  if (holes > 0) throw new LuaError('twin: cjson.encode of a table with nil inside is not supported');
  if (fields === undefined || fields.size === 0)
    return items.length === 0 ? '{}' : `[${items.map(encodeJson).join(',')}]`;
  const members = [...items.map((item, at): [LuaValue, LuaValue] => [at + 1, item]), ...fields];
  return `{${members.map(([key, inner]) => `${encodeKey(key)}:${encodeJson(inner)}`).join(',')}}`;
}

function encodeKey(key: LuaValue): string {
  if (typeof key === 'string') return encodeText(key);
  throw new LuaError(`twin: cjson.encode of a table with a ${typeName(key)} key beside others is not supported`);
}
