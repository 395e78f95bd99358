import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { startDeskRig, type DeskRig } from './desk-rig.ts';
import type { VenueOptions } from './venue.ts';

/** One rig for a test file; before each test exchange and Redis are empty, except for the trading rules. */
export function useRig(options: VenueOptions = {}): () => DeskRig {
  let rig: DeskRig | undefined;
  beforeAll(async () => {
    rig = await startDeskRig(options);
  });
  beforeEach(async () => {
    await rig?.reset();
  });
  afterEach(async () => {
    await rig?.rest();
  });
  afterAll(async () => {
    await rig?.[Symbol.asyncDispose]();
  });
  return () => {
    if (rig === undefined) throw new Error('the rig has not started');
    return rig;
  };
}
