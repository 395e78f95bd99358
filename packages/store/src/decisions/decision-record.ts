import { fromJson } from '@backstop/core';
import type {
  Action,
  Condition,
  Context,
  Decision,
  Executed,
  ExecutedBy,
  Lane,
  LimitOrderState,
  Snapshot,
} from '@backstop/core';

/** Which read a row came from: when it began and landed (Redis time, ms), the write epoch at its start, and whether a stream has touched it since. */
export interface RowVersion {
  readonly startMs: number;
  readonly endMs: number;
  readonly epoch: number;
  readonly patched: boolean;
  /** When a stream last touched it; absent = not since its read, or written before streams were. */
  readonly atMs?: number;
}

/** What a decision stood on: everything that `decide` is given beside the lane and its own state, which is in the context. */
export interface DecisionInputs {
  readonly rows: { readonly position: RowVersion; readonly orders: RowVersion };
  readonly snapshot: Snapshot;
  readonly context: Omit<Context<Lane>, 'state'> & { readonly limitOrder: LimitOrderState };
}

/** A decision as it is kept: enough to make it again, and to see whether the same comes out. */
export interface RecordedDecision {
  /** See `decisionId`. */
  readonly id: string;
  readonly lane: Lane;
  readonly atMs: number;
  /** See `policyVersion`. */
  readonly policy: string;
  readonly inputs: DecisionInputs;
  /** All that was decided, sent or not. */
  readonly actions: readonly Action[];
  /** What became of each action that was sent, for people. */
  readonly outcomes: readonly string[];
  readonly conditions: Decision<Lane>['state']['conditions'];
}

/** What is kept beside a monitor for those who look at it: the newest of its decisions. */
export interface DecisionSummary {
  readonly id: string;
  readonly lane: Lane;
  readonly atMs: number;
  /** What was sent and what became of it, each with its reason. */
  readonly outcomes: readonly string[];
  /** Conditions that came and went. */
  readonly raised: readonly string[];
  readonly cleared: readonly string[];
}

/** `monitor-t0-17`: monitor, lane (t or l) with the restore epoch, and the version that the decision brought its lane to. */
export function decisionId(
  { id, restoreEpoch }: { readonly id: string; readonly restoreEpoch: number },
  lane: Lane,
  version: number,
): string {
  return `${id}-${lane === 'tp-sl' ? 't' : 'l'}${restoreEpoch}-${version}`;
}

/** The record as plain data that `toJson` can write. */
export function toStoredDecision(record: RecordedDecision): object {
  const { snapshot } = record.inputs;
  return { ...record, inputs: { ...record.inputs, snapshot: { ...snapshot, executed: [...snapshot.executed] } } };
}

/** Reads it back; undefined = written by a version that did not keep everything. */
export function fromStoredDecision(json: string): RecordedDecision | undefined {
  const stored = fromJson<Partial<Stored>>(json);
  const { inputs, policy } = stored;
  if (policy === undefined || inputs?.context === undefined) return undefined;
  const { snapshot } = inputs;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what has a policy was written by toStoredDecision
  return {
    ...stored,
    inputs: { ...inputs, snapshot: { ...snapshot, executed: new Map(snapshot.executed) } },
  } as RecordedDecision;
}

type Stored = Omit<RecordedDecision, 'inputs'> & {
  readonly inputs: Omit<DecisionInputs, 'snapshot'> & {
    readonly snapshot: Omit<Snapshot, 'executed'> & { readonly executed: readonly (readonly [ExecutedBy, Executed])[] };
  };
};

/** Names of the conditions that came and went between two states. */
export function conditionChanges(
  before: Readonly<Record<string, Condition | undefined>>,
  after: Readonly<Record<string, Condition | undefined>>,
): Pick<DecisionSummary, 'raised' | 'cleared'> {
  return {
    raised: Object.keys(after).filter((name) => !(name in before)),
    cleared: Object.keys(before).filter((name) => !(name in after)),
  };
}
