import { fromJson } from '@backstop/core';

/** Texts of one generation; two are kept, so about twice as many are remembered. */
const PER_GENERATION = 20_000;

let young = new Map<string, unknown>();
let old = new Map<string, unknown>();

/**
 * What `fromJson` makes of a text, made once per process for as long as the text comes again and again: most of what a check
 * reads is what the one before it read. The value is shared, and frozen to its last field. Texts that nobody asks for are forgotten.
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller names what it wrote
export function remembered<T>(text: string): T {
  let value = young.get(text);
  if (value === undefined) {
    value = old.get(text) ?? frozen(fromJson(text));
    if (young.size >= PER_GENERATION) [old, young] = [young, new Map()];
    young.set(text, value);
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as fromJson: only our own text is read back
  return value as T;
}

function frozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const field of Object.values(value)) frozen(field);
  return Object.freeze(value);
}
