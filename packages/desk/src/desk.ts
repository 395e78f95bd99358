import type { Action, Exchange, Lane } from '@backstop/core';
import type { MonitorRef, Redis } from '@backstop/store';
import { carryOut, type Carried } from './carry-out.ts';
import type { Scope } from './next-read.ts';
import { openPatience } from './patience.ts';
import { readFacts } from './read-facts.ts';
import type { Check, Facts, Reading } from './reading.ts';
import type { Receipts } from './receipts.ts';

/** What a process wants to know of reads; the services turn it into metrics. */
export interface DeskObserver {
  readonly flight: (account: string, scope: Scope) => void;
  /** What the cache gave: fresh, patched, dirty, expired or missing, with the age of the row where there is one. */
  readonly cacheRead: (kind: 'positions' | 'orders', result: string, ageMs: number | undefined) => void;
  readonly inputAge: (input: 'position' | 'orders' | 'price', ageMs: number) => void;
  readonly staleDecision: () => void;
}

export interface DeskDeps {
  readonly redis: Redis;
  readonly installation: string;
  readonly exchangeOf: (account: string) => Exchange;
  /** Puts a waiter's check at the head of its queue. */
  readonly wake: (ref: MonitorRef, lane: Lane) => Promise<void>;
  readonly receipts: Receipts;
  readonly observer: DeskObserver;
  readonly log: {
    readonly warn: (fields: object, message: string) => void;
    /** With `debug`: what is told only where that level is on. A log without the two tells nothing of it. */
    readonly isLevelEnabled?: (level: string) => boolean;
    readonly debug?: (fields: object, message: string) => void;
  };
}

/** The only way to the exchange (F-38): reads through the shared cache, writes through fence, intents and budget. */
export interface Desk {
  /** All facts for one decision, read in one go, with whatever was missing, too old or dirty read through. */
  readonly read: (check: Check) => Promise<Reading>;
  /** Sends the actions in their order and says what became of each. Rejects only when Redis is away. */
  readonly act: (check: Check, facts: Facts, actions: readonly Action[]) => Promise<Carried>;
}

export function openDesk(deps: DeskDeps): Desk {
  const patience = openPatience();
  return {
    read: (check) => readFacts(check, { ...deps, patience }),
    act: (check, facts, actions) => carryOut(check, facts, actions, deps),
  };
}
