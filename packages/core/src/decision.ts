import type { Decimal } from './decimal.ts';
import type { AmendSpec, CancelSpec, FailureReason, OrderSpec, StopSpec } from './exchange.ts';
import type { Executed, ExecutedBy } from './facts.ts';
import type { Leg } from './model.ts';

/** Budget lanes in order of right (DESIGN section 5); `protective` has a reserve that is never lent. */
export type BudgetLane = 'protective' | 'take-profit' | 'entry' | 'clean-up' | 'audit';

/**
 * One difference between what is wanted and what works. `reason` is for people. `absolute` marks what may be sent although
 * another intent on the same rows is still open: sent twice it does what it does once (S-13).
 */
export type Action = { readonly reason: string; readonly budget: BudgetLane; readonly absolute: boolean } & (
  | { readonly type: 'set-stop'; readonly stop: StopSpec }
  | { readonly type: 'create'; readonly leg: Leg; readonly order: OrderSpec }
  | { readonly type: 'amend'; readonly leg: Leg; readonly amend: AmendSpec }
  | { readonly type: 'cancel'; readonly leg: Leg; readonly cancel: CancelSpec }
);

/** waiting (nothing filled) -> open -> scaled-out (past the breakeven take-profit) -> closing (flat, orders left) -> closed. */
export type Stage = 'waiting' | 'open' | 'scaled-out' | 'closing' | 'closed';

export type CloseReason =
  | 'take-profit'
  | 'stop'
  | 'trailing-stop'
  | 'exit'
  | 'external'
  | 'liquidation'
  | 'not-entered';

export type ExitReason =
  | 'through-breakeven'
  | 'through-step'
  | 'through-stop'
  | 'entry-after-flat'
  | 'operator'
  | 'time-limit';

/** A level that holds now, not an event: since when, and what it is about. */
export type ConditionName =
  | 'NoStop'
  | 'StopRejected'
  | 'StopBeyondLiquidation'
  | 'SizeMismatch'
  | 'CapacityShortfall'
  | 'ForeignOrder'
  | 'ExternalChange'
  | 'ExternalConflict'
  | 'ExternalQuantity'
  | 'EntryExpired'
  | 'ActionFailing'
  | 'PositionBusy'
  | 'Delisting';

export interface Condition {
  readonly sinceMs: number;
  readonly detail: string;
}

/** How often one action was refused in a row, so that a refusal is probed slowly instead of repeated (DESIGN section 7). */
export interface Attempts {
  readonly count: number;
  readonly code: number;
  readonly message: string;
  readonly nextAtMs: number;
  /** Why it was refused: some refusals change what is wanted (S-02, S-09, S-14). */
  readonly reason?: FailureReason;
}

/**
 * Legs whose order worked at the last look or was acknowledged since (0), or has been missing from the listing since that
 * time (ms). A missing one may have filled: executions are fetched, and both listings are begun anew a second later, before
 * it is placed again. The tp-sl lane remembers all legs, the limit-order lane its entries.
 */
export type Placed = Readonly<Partial<Record<Leg, number>>>;

/** State of the `tp-sl` lane. Flags are set from facts read back, never from replies (F-18). */
export interface TpSlState {
  readonly stage: Stage;
  /** Take-profits that were filled once; they stay so when a late entry fill raises their target (F-01). */
  readonly filledTakeProfits: readonly Leg[];
  /** The level that the stop moved to; undefined = the plan's own. */
  readonly breakeven?: Decimal;
  readonly exit?: { readonly reason: ExitReason; readonly sinceMs: number };
  /** Since when the price is through the stop while the position is still open (S-06). */
  readonly throughSinceMs?: number;
  readonly closeReason?: CloseReason;
  /** Executed sums that events were emitted for: the difference to the facts is what is new. */
  readonly seen: Readonly<Partial<Record<ExecutedBy, Executed>>>;
  readonly generations: Readonly<Partial<Record<Leg, number>>>;
  readonly attempts: Readonly<Record<string, Attempts>>;
  readonly conditions: Readonly<Partial<Record<ConditionName, Condition>>>;
  readonly placed?: Placed;
  /** When executions that we had not seen were last noticed, ms: older order rows and prices may not know them. */
  readonly lastFillAtMs?: number;
  /** Who reduced the position last: the close reason comes from it (F-12). */
  readonly lastOut?: ExecutedBy;
  /** When the stage became `closing`, ms: only a listing begun well after it proves that nothing of ours works. */
  readonly closingSinceMs?: number;
  /** Entered quantity when the plan was last flat: more of it in a position opened after that is a late entry (S-22). */
  readonly flatEntered?: Decimal;
  /** Since when executions and position do not add up, ms: what lasts is looked at less often. */
  readonly openBooksSinceMs?: number;
  /** What others held in the plan's place before anything of ours executed, and the executions do not explain; base coin. */
  readonly stoodBefore?: Decimal;
  /** What the executions do not explain of the position while the books are open, base coin, and since when that is the same, ms. */
  readonly unexplained?: { readonly qty: Decimal; readonly sinceMs: number };
  /** Entered quantity that `breakeven` was computed for: another one is a late fill (S-09). */
  readonly breakevenBasis?: Decimal;
  /** The same with what others added; absent in states from before it was kept. */
  readonly breakevenOpened?: Decimal;
  /** The last stop level that both rows showed working. */
  readonly confirmedStop?: Decimal;
  /** The level of the last stop that the exchange acknowledged in this epoch: no fact (F-18), but never loosened from (S-09). */
  readonly acknowledgedStop?: Decimal;
  /** The trailing stop that was acknowledged last in this epoch, and when, ms: listings need a second to show it (S-10). */
  readonly armedTrailing?: { readonly distance: Decimal; readonly sinceMs: number; readonly isShown?: boolean };
  /** The stop that stands as it is wanted, and since when both rows show it, ms: one elsewhere was moved by somebody. */
  readonly settledStop?: { readonly level: Decimal; readonly sinceMs: number };
  /** A stop that the operator set and that holds, and the level of the rules in whose place it stands. */
  readonly operatorStop?: { readonly level: Decimal; readonly instead: Decimal };
  /** Take-profits that somebody cancelled and that stay so. */
  readonly dropped?: readonly Leg[];
  /** Take-profits whose cancel was sent by us: that they go is nobody else's doing. */
  readonly cancelled?: readonly Leg[];
  /** When something was put back that somebody had changed, ms, by what it is: `stop`, `trailing`, `t1`, `t1:price`. */
  readonly reassertions?: Readonly<Record<string, readonly number[]>>;
  /** The position epoch of the plan, where the exchange tells it (S-23). */
  readonly openTimeMs?: number;
  /** When the position was opened, as far as that is known: where its time limit starts, ms. Only with a time limit. */
  readonly openedAtMs?: number;
  /** What our entries had brought into that epoch when it was last seen: more of it in a later epoch opened that one. */
  readonly epochEntered?: Decimal;
  /** Executed by earlier generations of a leg, when its present one began. */
  readonly priors?: Readonly<Partial<Record<Leg, Decimal>>>;
  /** Order quantity last acknowledged per leg: a row below it was cut, and asking again would be a loop (S-18). */
  readonly asked?: Readonly<Partial<Record<Leg, Decimal>>>;
  /** Open quantity per take-profit at the last look: when another leg's has changed since, a cut one is asked for again. */
  readonly shown?: Readonly<Partial<Record<Leg, Decimal>>>;
}

/** State of the `limit-order` lane. */
export interface LimitOrderState {
  /** Entries that will not be placed any more, with the reason. */
  readonly ended: Readonly<Partial<Record<Leg, string>>>;
  readonly generations: Readonly<Partial<Record<Leg, number>>>;
  readonly attempts: Readonly<Record<string, Attempts>>;
  readonly conditions: Readonly<Partial<Record<ConditionName, Condition>>>;
  readonly placed?: Placed;
  /** When an entry was last ended, ms. */
  readonly endedAtMs?: number;
}

export interface LaneStates {
  readonly 'tp-sl': TpSlState;
  readonly 'limit-order': LimitOrderState;
}

/** What happened, told once: kept in the outbox with the state change that it belongs to. `id` is a pure function of the facts (F-09). */
export interface MonitorEvent {
  readonly id: string;
  readonly type:
    | 'entry-filled'
    | 'take-profit-filled'
    | 'stop-filled'
    | 'exit-filled'
    | 'external-change'
    | 'stage-changed'
    | 'stop-confirmed'
    | 'condition-raised'
    | 'condition-cleared'
    | 'exit-started'
    | 'adopted'
    | 'closed';
  readonly atMs: number;
  readonly detail: Readonly<Record<string, string | number>>;
}

/** The result of `decide`. `state` holds whether or not the actions succeed. */
export interface Decision<L extends keyof LaneStates> {
  readonly actions: readonly Action[];
  readonly state: LaneStates[L];
  readonly events: readonly MonitorEvent[];
  /** When to look again at the latest, ms from now, bounded both ways. */
  readonly nextCheckInMs: number;
}

/** What became of one action; `unsent` = the budget, the fence or an earlier failure stopped it. */
export type ActionOutcome =
  | { readonly action: Action; readonly result: 'done' }
  | { readonly action: Action; readonly result: 'unsent' }
  | { readonly action: Action; readonly result: 'unknown' }
  | {
      readonly action: Action;
      readonly result: 'refused';
      readonly reason: FailureReason;
      readonly code: number;
      readonly message: string;
    }
  /**
   * A create whose id is used up: a terminal order stands under it, so the next one needs a new generation (S-25).
   * `cumExecQty` is what that order executed, base coin: above 0, a market entry has entered and is not sent again (S-21).
   */
  | { readonly action: Action; readonly result: 'id-ended'; readonly status: string; readonly cumExecQty?: Decimal };
