import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CONTRACT } from './contract-cases.ts';
import { TradingSession, type Venue } from './trading-session.ts';

/** Runs the contract against a venue: the simulator, or a test network with keys of its own. */
export function describeExchange(name: string, makeVenue: () => Promise<Venue>): void {
  describe(`the contract on ${name}`, () => {
    let session: TradingSession | undefined;
    beforeAll(async () => {
      session = new TradingSession(await makeVenue());
    });
    afterAll(async () => {
      await session?.venue[Symbol.asyncDispose]();
    });

    test.each(Object.entries(CONTRACT))('%s', async (_title, prove) => {
      expect.hasAssertions();
      if (session === undefined) throw new Error('the venue did not start');
      await prove(session);
    });
  });
}
