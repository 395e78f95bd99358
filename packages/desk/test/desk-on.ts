import type { Exchange } from '@backstop/core';
import type { Redis } from '@backstop/store';
import type { DeskDeps } from '../src/desk.ts';
import { openReceipts } from '../src/receipts.ts';

/** What a desk stands on, over an exchange that answers these reads and nothing else; `own` in place of what is the same for all. */
export function deskOn(redis: Redis, reads: Partial<Exchange>, own: Partial<DeskDeps> = {}): DeskDeps {
  return {
    redis,
    installation: 'abc',
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- whatever else is called fails the test
    exchangeOf: () => reads as Exchange,
    wake: async () => undefined,
    receipts: openReceipts(),
    observer: { flight: ignore, cacheRead: ignore, inputAge: ignore, staleDecision: ignore },
    log: { warn: ignore },
    ...own,
  };
}

function ignore(): void {}
