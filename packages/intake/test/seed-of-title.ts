import { expect } from 'vitest';

/** A seed for fast-check that is the same in each run of the test that asks: FNV-1a over its title. */
export function seedOfTitle(): number {
  let value = 0x811c9dc5;
  const title = expect.getState().currentTestName ?? '';
  for (let index = 0; index < title.length; index += 1) {
    value = Math.imul(value ^ title.charCodeAt(index), 0x01000193);
  }
  return value;
}
