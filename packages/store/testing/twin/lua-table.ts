import { LuaError } from './lua-error.ts';

/** Any value of Lua: undefined is nil. Functions are those of the script itself. */
export type LuaValue = undefined | boolean | number | string | LuaTable | LuaFunction | typeof JSON_NULL;
export type LuaFunction = (...args: LuaValue[]) => LuaResult;
/** What a call gives: one value as it is, and none or several of them in a Multi. */
export type LuaResult = LuaValue | Multi;

/** cjson.null. */
export const JSON_NULL: unique symbol = Symbol('cjson.null');

/** Several values at once, or none. */
export class Multi {
  readonly values: readonly LuaValue[];
  constructor(values: readonly LuaValue[]) {
    this.values = values;
  }
}

export const NONE = new Multi([]);

/**
 * A table of Lua. `items[0]` is the value of 1; a nil between others stays there as undefined and is counted in `holes`. All
 * other keys are in `fields`.
 */
export class LuaTable {
  items: LuaValue[];
  fields: Map<LuaValue, LuaValue> | undefined;
  holes: number;
  constructor(items: LuaValue[] = []) {
    this.items = items;
    this.fields = undefined;
    this.holes = 0;
  }
}

/** `{ a, b, key = c }`: values by position, then pairs. */
export function newTable(items: LuaValue[], pairs: readonly LuaValue[]): LuaTable {
  const table = new LuaTable(items);
  while (items.length > 0 && items.at(-1) === undefined) items.pop();
  for (const item of items) if (item === undefined) table.holes += 1;
  for (let at = 0; at < pairs.length; at += 2) {
    const key = pairs[at];
    const isByPosition = typeof key === 'number' && key >= 1 && key <= items.length; // that one wins
    if (!isByPosition) setIndex(table, key, pairs[at + 1]);
  }
  return table;
}

/** `of[key]`. Throws where Lua has nothing to index. */
export function index(of: LuaValue, key: LuaValue): LuaValue {
  if (!(of instanceof LuaTable)) throw new LuaError(`attempt to index a ${typeName(of)} value`);
  if (typeof key === 'number' && key >= 1 && key <= of.items.length && Number.isInteger(key)) return of.items[key - 1];
  return of.fields?.get(key);
}

/** `of[key] = value`. */
export function setIndex(of: LuaValue, key: LuaValue, value: LuaValue): void {
  if (!(of instanceof LuaTable)) throw new LuaError(`attempt to index a ${typeName(of)} value`);
  if (key === undefined) throw new LuaError('table index is nil');
  if (typeof key === 'number') setNumber(of, key, value);
  else setField(of, key, value);
}

function setNumber(table: LuaTable, key: number, value: LuaValue): void {
  if (Number.isNaN(key)) throw new LuaError('table index is NaN');
  const { length } = table.items;
  if (!Number.isInteger(key) || key < 1 || key > length + 1) setField(table, key, value);
  else if (key <= length) replaceItem(table, key - 1, value);
  else if (value !== undefined) append(table, value);
}

function replaceItem(table: LuaTable, place: number, value: LuaValue): void {
  const { items } = table;
  if (items[place] === undefined) table.holes -= 1;
  if (value === undefined) table.holes += 1;
  items[place] = value;
  while (items.length > 0 && items.at(-1) === undefined) {
    items.pop();
    table.holes -= 1;
  }
}

/** Puts a value behind the others, and what was waiting further behind after it. */
function append(table: LuaTable, value: LuaValue): void {
  const { items, fields } = table;
  items.push(value);
  if (fields === undefined || fields.size === 0) return;
  for (let next = fields.get(items.length + 1); next !== undefined; next = fields.get(items.length + 1)) {
    fields.delete(items.length + 1);
    items.push(next);
  }
}

function setField(table: LuaTable, key: LuaValue, value: LuaValue): void {
  table.fields ??= new Map();
  if (value === undefined) table.fields.delete(key);
  else table.fields.set(key, value);
}

/** `#of`. A table with holes has several borders, and which one Lua gives is its own business: that throws. */
export function lengthOf(of: LuaValue): number {
  if (of instanceof LuaTable) {
    if (of.holes > 0 || hasDistantItems(of))
      throw new LuaError('twin: the length of a table with nil inside is not defined');
    return of.items.length;
  }
  if (typeof of === 'string') return Buffer.byteLength(of, 'utf8');
  throw new LuaError(`attempt to get length of a ${typeName(of)} value`);
}

function hasDistantItems({ fields }: LuaTable): boolean {
  for (const key of fields?.keys() ?? []) if (typeof key === 'number' && key >= 1) return true;
  return false;
}

/** `type(value)`. */
export function typeName(value: LuaValue): string {
  if (value === undefined) return 'nil';
  if (value instanceof LuaTable) return 'table';
  return value === JSON_NULL ? 'userdata' : typeof value;
}

/** All values of a call's result. */
export function list(result: LuaResult): readonly LuaValue[] {
  return result instanceof Multi ? result.values : [result];
}

/** The first value of a call's result. */
export function one(result: LuaResult): LuaValue {
  return result instanceof Multi ? result.values[0] : result;
}

/** Several values as a result. */
export function multi(values: readonly LuaValue[]): LuaResult {
  return values.length === 1 ? values[0] : new Multi(values);
}
