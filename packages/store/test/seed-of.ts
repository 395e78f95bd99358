import { expect } from 'vitest';

/** The seed of a property: from the title of its test, so that each run tells the same; the environment's FC_SEED overrides it. */
export function seedOf(): number {
  const { FC_SEED: asked = '' } = process.env;
  if (asked === 'random') return Math.floor(Math.random() * 2 ** 31);
  if (asked !== '') return Number(asked);
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(expect.getState().currentTestName ?? '', 'utf8'))
    value = Math.imul(value ^ byte, 0x01000193);
  return value;
}
