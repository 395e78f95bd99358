import { compareBytes } from './compare-bytes.ts';
import { LuaError } from './lua-error.ts';
import { parseNumber, printNumber } from './lua-numbers.ts';
import { LuaTable, typeName, type LuaFunction, type LuaValue } from './lua-table.ts';

// What the translated scripts call for operators of Lua that are not JavaScript's.

export const truthy = (value: LuaValue): boolean => value !== undefined && value !== false;

export function add(a: LuaValue, b: LuaValue): number {
  return typeof a === 'number' && typeof b === 'number' ? a + b : operand(a) + operand(b);
}

export function subtract(a: LuaValue, b: LuaValue): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : operand(a) - operand(b);
}

export function multiply(a: LuaValue, b: LuaValue): number {
  return typeof a === 'number' && typeof b === 'number' ? a * b : operand(a) * operand(b);
}

export function divide(a: LuaValue, b: LuaValue): number {
  return operand(a) / operand(b);
}

/** Lua's % takes the sign of the divisor. */
export function modulo(a: LuaValue, b: LuaValue): number {
  const [left, right] = [operand(a), operand(b)];
  return left - Math.floor(left / right) * right;
}

export function power(a: LuaValue, b: LuaValue): number {
  return operand(a) ** operand(b);
}

export function negate(a: LuaValue): number {
  return -operand(a);
}

function operand(value: LuaValue): number {
  if (typeof value === 'number') return value;
  const number = typeof value === 'string' ? parseNumber(value) : undefined;
  if (number === undefined) throw new LuaError(`attempt to perform arithmetic on a ${typeName(value)} value`);
  return number;
}

export function concat(a: LuaValue, b: LuaValue): string {
  return joinable(a) + joinable(b);
}

function joinable(value: LuaValue): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return printNumber(value);
  throw new LuaError(`attempt to concatenate a ${typeName(value)} value`);
}

export function less(a: LuaValue, b: LuaValue): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a < b;
  return compareTexts(a, b) < 0;
}

export function lessOrEqual(a: LuaValue, b: LuaValue): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a <= b;
  return compareTexts(a, b) <= 0;
}

function compareTexts(a: LuaValue, b: LuaValue): number {
  if (typeof a === 'string' && typeof b === 'string') return compareBytes(a, b);
  const [left, right] = [typeName(a), typeName(b)];
  throw new LuaError(
    left === right ? `attempt to compare two ${left} values` : `attempt to compare ${left} with ${right}`,
  );
}

export function callable(value: LuaValue): LuaFunction {
  if (typeof value === 'function') return value;
  throw new LuaError(`attempt to call a ${typeName(value)} value`);
}

/** Start, limit or step of a numeric `for`. */
export function bound(value: LuaValue, what: 'initial' | 'limit' | 'step'): number {
  const number = typeof value === 'string' ? parseNumber(value) : value;
  if (typeof number === 'number') return number;
  throw new LuaError(what === 'initial' ? `'for' initial value must be a number` : `'for' ${what} must be a number`);
}

export const greater = (a: LuaValue, b: LuaValue): boolean => less(b, a);
export const greaterOrEqual = (a: LuaValue, b: LuaValue): boolean => lessOrEqual(b, a);

/** What `ipairs` and `pairs` go over. */
export function tableOf(value: LuaValue, name: string): LuaTable {
  if (value instanceof LuaTable) return value;
  throw new LuaError(`bad argument #1 to '${name}' (table expected, got ${typeName(value)})`);
}

/** The keys of a table as `pairs` goes over them: positions first. The order of the others is not Lua's. */
export function keysOf({ items, fields }: LuaTable): readonly LuaValue[] {
  return [...items.map((_, at) => at + 1), ...(fields?.keys() ?? [])];
}
