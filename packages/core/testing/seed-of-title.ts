import { expect } from 'vitest';

/**
 * The seed of a property: from the title of the test that asks, so that each run is the same. The environment's `FC_SEED`
 * overrides it: a number is the seed, `random` another one each time. Throws where it is neither.
 */
export function seedOfTitle(): number {
  const { FC_SEED: asked = '' } = process.env;
  if (asked === '') return hash(expect.getState().currentTestName ?? '');
  if (asked === 'random') return Math.floor(Math.random() * 2 ** 31);
  const seed = Number(asked);
  if (!Number.isInteger(seed)) throw new Error(`FC_SEED must be a whole number or random, not ${asked}`);
  return seed;
}

/** FNV-1a over UTF-16 units, as the 32-bit integer that fast-check takes. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value;
}
