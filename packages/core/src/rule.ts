import type { ConditionName, ExitReason, TpSlState } from './decision.ts';
import type { Decimal } from './decimal.ts';
import type { TrailingSpec } from './exchange.ts';
import type { EntryLeg, Leg, TakeProfitLeg } from './model.ts';
import type { View } from './view.ts';

/** An entry that should work: its open quantity, and the stop that it carries. */
export interface WantedEntry {
  readonly qty: Decimal;
  readonly stopLoss: Decimal;
}

/** What should be working, as far as the rules have come. */
export interface Draft {
  /** The tp-sl lane's state after the facts, and after what the rules decided. */
  readonly tpSl: TpSlState;
  /** Level of the position's stop; undefined = there is no position of ours to protect. */
  readonly stop: Decimal | undefined;
  /** The stop is wanted elsewhere than it stands, and is left there for now: somebody else moved it. */
  readonly isStopHeld: boolean;
  /** The trailing stop that should be armed on the position beside its stop; undefined = none is asked for. */
  readonly trailing: TrailingSpec | undefined;
  /** Open quantity per take-profit; undefined = they stay as they are. */
  readonly takeProfits: ReadonlyMap<TakeProfitLeg, Decimal> | undefined;
  /** Whether our own exit is to be sent now. */
  readonly exitNow: boolean;
  readonly entries: ReadonlyMap<EntryLeg, WantedEntry>;
  /** Entries that the limit-order lane gives up, with the reason. */
  readonly ended: Readonly<Partial<Record<Leg, string>>>;
  /** Why no entry may work any more: cancelling them is protection (S-20). undefined = they may. */
  readonly noEntries: string | undefined;
  readonly conditions: ReadonlyMap<ConditionName, string>;
}

/** One concern each; later rules see and override what earlier ones wanted. */
export type Rule = (draft: Draft, view: View) => Draft;

/** Adds a condition; two rules that raise the same one are told together. */
export function withCondition(draft: Draft, name: ConditionName, detail: string): Draft {
  const before = draft.conditions.get(name);
  const told = before === undefined ? detail : `${before}; ${detail}`;
  return { ...draft, conditions: new Map([...draft.conditions, [name, told]]) };
}

/** Starts our own exit; a reason that stands already is kept. */
export function withExit(draft: Draft, reason: ExitReason, sinceMs: number): Draft {
  if (draft.tpSl.exit !== undefined) return draft;
  return { ...draft, tpSl: { ...draft.tpSl, exit: { reason, sinceMs } } };
}
