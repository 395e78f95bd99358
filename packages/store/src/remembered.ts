import { fromJson } from '@backstop/core';

/** Values of one generation; two are kept, so about twice as many are remembered. */
const PER_GENERATION = 20_000;

/**
 * `make`, done once per process for a text that comes again and again. The value is shared: nobody may change it. Texts that
 * nobody asks for are forgotten.
 */
export function remembering<T>(make: (text: string) => T): (text: string) => T {
  let young = new Map<string, T>();
  let old = new Map<string, T>();
  return (text) => {
    const known = young.get(text);
    if (known !== undefined) return known;

    const value = old.get(text) ?? make(text);
    if (young.size >= PER_GENERATION) [old, young] = [young, new Map()];
    young.set(text, value);
    return value;
  };
}

const read = remembering((text) => frozen(fromJson(text)));

/**
 * What `fromJson` makes of a text, made once per process for as long as the text comes again and again: most of what a check
 * reads is what the one before it read. The value is shared, and frozen to its last field.
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller names what it wrote
export function remembered<T>(text: string): T {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as fromJson: only our own text is read back
  return read(text) as T;
}

function frozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const field of Object.values(value)) frozen(field);
  return Object.freeze(value);
}
