import { fromJson, toJson, type Lane, type MonitorEvent } from '@backstop/core';
import type { Redis } from 'ioredis';
import type { DecisionSummary } from './decisions/decision-record.ts';
import { accountKeys, bucketKeys, bucketOf } from './keys.ts';
import { slotOf, toMember, type MonitorRef } from './monitor-ref.ts';
import type { DecisionRecord, EventRecord, StateRecord } from './outbox.ts';
import { runScript } from './redis.ts';
import { remembering } from './remembered.ts';

/** How long the plan and state of a closed monitor can still be read, ms. */
export const KEEP_CLOSED_MS = 3_600_000;
const DECISIONS_KEPT = 20;

/** The result of one check, to be recorded. */
export interface CheckRecord {
  readonly ref: MonitorRef;
  readonly lane: Lane;
  /** The job's token. Only closing compares it with the fence. */
  readonly token: string;
  /** The version that was read. */
  readonly version: number;
  /** The new state as `toJson` text. */
  readonly state: string;
  readonly events: readonly MonitorEvent[];
  /** Given only with an action or a changed condition. */
  readonly decision?: object;
  /** Of that decision: kept beside the monitor with those before it. */
  readonly summary?: DecisionSummary;
  /** When to look again, ms from now; undefined = not due in this lane. */
  readonly dueInMs: number | undefined;
  readonly closed?: boolean;
}

/**
 * Records state, events and due time in one script. `conflict`: the state has moved on since it was read, the monitor is
 * closed, or it was to be closed by a job that has lost the fence; nothing is written then. A due time that was asked for
 * since the facts were read is never put off. `closed` frees the slot, drops the intents, and keeps plan and states for an hour.
 */
export async function recordCheck(redis: Redis, record: CheckRecord): Promise<'recorded' | 'conflict'> {
  const { ref, lane, token, version, state, dueInMs, closed } = record;
  const keys = accountKeys(ref.account);
  const other = lane === 'tp-sl' ? 'limit-order' : 'tp-sl';
  const recorded = await runScript(
    redis,
    'record-check',
    [
      keys.active,
      keys.due(lane),
      keys.due(other),
      keys.checked,
      keys.outbox,
      keys.lane(ref.monitorId, lane),
      keys.lane(ref.monitorId, other),
      keys.plan(ref.monitorId),
      keys.intents(ref.monitorId),
      keys.executed(ref.monitorId),
      keys.decisions(ref.monitorId),
    ],
    [
      slotOf(ref),
      ref.monitorId,
      toMember(ref),
      lane,
      token,
      version,
      state,
      dueInMs ?? '',
      closed === true ? KEEP_CLOSED_MS : '',
      record.summary === undefined ? '' : toJson(record.summary),
      DECISIONS_KEPT,
      ...outboxArgs(record),
    ],
  );
  return recorded === 1 ? 'recorded' : 'conflict';
}

function outboxArgs({ ref, lane, version, state, events, decision, summary, closed = false }: CheckRecord): string[] {
  const next = version + 1;
  const stateRecord: StateRecord = { ...ref, lane, version: next, state, closed };
  const eventArgs = events.flatMap((event) => ['event', toJson({ ...ref, lane, event } satisfies EventRecord)]);
  const decisionArgs =
    decision === undefined
      ? []
      : ['decision', toJson({ ...ref, lane, version: next, decision, ...sentOf(summary) } satisfies DecisionRecord)];
  return [...eventArgs, ...decisionArgs, 'state', toJson(stateRecord)];
}

function sentOf(summary: DecisionSummary | undefined): Pick<DecisionRecord, 'sent'> {
  return summary === undefined ? {} : { sent: summary.outcomes.length };
}

/** The newest decisions of a monitor that sent something or changed a condition, newest first; for an hour after it closed too. */
export async function lastDecisions(redis: Redis, ref: MonitorRef): Promise<readonly DecisionSummary[]> {
  const texts = await redis.lrange(accountKeys(ref.account).decisions(ref.monitorId), 0, -1);
  return texts.map((text) => fromJson<DecisionSummary>(text));
}

/** What a check that changed nothing leaves to be recorded. */
export interface Touched {
  /** When to look again, ms from now; undefined = not due in this lane. */
  readonly dueInMs: number | undefined;
  /** false = the facts could not be had, so that the monitor goes on counting as unchecked. */
  readonly made?: boolean;
  /** The job's token, where this is recorded after its end: a later job of the lane has its own say then. */
  readonly token?: string;
}

/** The checks of one turn of the event loop in one bucket, and the script that records them all. */
interface Turn {
  readonly touches: (Touched & { readonly ref: MonitorRef; readonly lane: Lane })[];
  readonly recorded: Promise<void>;
}

const bucketOfAccount = remembering(bucketOf);

const turnsOf = new WeakMap<Redis, Map<number, Turn>>();

/**
 * Records a check that changed nothing: only when to look again. A due time that was asked for since the facts were read is
 * never put off, and a monitor that is no longer active is left alone. Checks of one turn of the event loop and one bucket
 * share a script, and its failure.
 */
export function touchChecked(redis: Redis, ref: MonitorRef, lane: Lane, touched: Touched): Promise<void> {
  const { touches, recorded } = turnOf(redis, bucketOfAccount(ref.account));
  touches.push({ ref, lane, ...touched });
  return recorded;
}

function turnOf(redis: Redis, bucket: number): Turn {
  const turns = turnsOf.get(redis) ?? new Map<number, Turn>();
  turnsOf.set(redis, turns);
  const open = turns.get(bucket);
  if (open !== undefined) return open;

  const touches: Turn['touches'] = [];
  const recorded = microtasksDone().then(() => {
    turns.delete(bucket);
    return recordTouches(redis, bucket, touches);
  });
  const turn = { touches, recorded };
  turns.set(bucket, turn);
  return turn;
}

/** When all that follows at once from the replies that came in one piece has been done. */
function microtasksDone(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve);
  });
}

async function recordTouches(redis: Redis, bucket: number, touches: Turn['touches']): Promise<void> {
  const { due, checked } = bucketKeys(bucket);
  const scriptKeys = touches.flatMap(({ ref: { account, monitorId }, lane }) => {
    const keys = accountKeys(account);
    return [keys.active, keys.lane(monitorId, lane)];
  });
  const args = touches.flatMap(({ ref, lane, dueInMs = '', made = true, token = '' }) => [
    slotOf(ref),
    ref.monitorId,
    toMember(ref),
    lane,
    dueInMs,
    made ? '1' : '0',
    token,
  ]);
  await runScript(redis, 'touch-checked', [due('tp-sl'), due('limit-order'), checked, ...scriptKeys], args);
}
