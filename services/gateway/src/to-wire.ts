import { format } from '@backstop/core';

/** JSON as others read it: decimals as text, maps as objects. */
export function toWire(value: unknown): unknown {
  if (typeof value === 'bigint') return format(value);
  if (Array.isArray(value)) return value.map(toWire);
  if (value instanceof Map)
    return toWireObject([...value].map(([key, field]): [string, unknown] => [String(key), field]));
  if (typeof value === 'object' && value !== null) return toWireObject(Object.entries(value));
  return value;
}

export function toWireObject(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  return Object.fromEntries(entries.map(([key, field]) => [key, toWire(field)]));
}
