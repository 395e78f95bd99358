import type { OrderRow, Plan, PositionRow } from '@backstop/core';
import type { Site } from './site.ts';

/** What a listing of the account showed. */
interface Listing {
  readonly positions: readonly PositionRow[];
  readonly orders: readonly OrderRow[];
}

/** A realistic broken state: how a plan that stood as it should gets there, how it is named, and how it ends. */
export interface Wreck {
  /** What differs from the usual plan: 100 at 100, 100 at 95, take-profits 85/5/5/5 from 110, stop 90. */
  readonly plan?: Partial<Plan>;
  /** How the plan stands before it breaks, where that is not `WHOLE`; `new` = nothing of it has been carried out. */
  readonly starts?: Standing | 'new';
  readonly breaks: (site: Site) => Promise<void>;
  /** What the last listing shows otherwise than the exchange has it: two instants, a lagging page, a wrong row. */
  readonly bends?: (listing: Listing) => Listing;
  /** What doctor calls it, sorted. */
  readonly names: readonly string[];
  /** What `plan` wants changed, as `verb item: reason`. */
  readonly planned: readonly string[];
  /** What doctor calls it when checks have seen it, where those find more. */
  readonly namesSeen?: readonly string[];
  /** Where nothing is to be sent: what ends it. Absent = Backstop repairs it. */
  readonly clears?: (site: Site) => Promise<void>;
  /** What doctor still names when it is over: it was never ours to end. */
  readonly remains?: readonly string[];
  /** What could open a position goes although nothing has closed yet, which the exchange's judge takes for a wrong cancel. */
  readonly cancelsOpener?: true;
  readonly ends: Standing | 'closed';
}

/** The working legs of a plan, and the level of its stop. */
interface Standing {
  readonly legs: readonly string[];
  readonly stop: string;
}

export type TitledWreck = readonly [title: string, wreck: Wreck];

/** All legs of the usual plan with its entry resting, under the planned stop. */
export const WHOLE = { legs: ['e1', 't1', 't2', 't3', 't4'], stop: '90' } as const;
