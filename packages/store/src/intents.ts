import { fromJson, toJson, type Action, type Lane } from '@backstop/core';
import type { Redis } from 'ioredis';
import { AWAITED_TTL_MS, type Awaits } from './awaits.ts';
import { accountKeys } from './keys.ts';
import { slotOf, type MonitorRef } from './monitor-ref.ts';
import { runScript } from './redis.ts';

/** After a request's recv_window, ms: the exchange takes stamps up to 1 s ahead, and 0.5 s is left for the reply (S-29). */
const SETTLE_MS = 1_500;
const RECV_WINDOW_MS = 2_000;

/** A request that was or is about to be sent, and whose outcome is not known yet. */
export interface Intent {
  readonly id: string;
  readonly lane: Lane;
  /** The token of the job that opened it. */
  readonly token: string;
  readonly type: Action['type'];
  readonly orderLinkId?: string;
  readonly absolute: boolean;
  /** Redis time after which the exchange refuses the request: what has not happened by then never will. */
  readonly deadlineMs: number;
}

export interface IntentRequest {
  readonly ref: MonitorRef;
  readonly lane: Lane;
  readonly token: string;
  /** Each with what frames must show of it; without `awaits` only a read shows it. */
  readonly intents: readonly (Pick<Intent, 'id' | 'orderLinkId' | 'type' | 'absolute'> & {
    readonly awaits?: Awaits;
  })[];
  readonly recvWindowMs?: number;
  /** Refuses where the tp-sl lane or the executions have moved on since they were read: for new entries (S-20). */
  readonly unless?: { readonly tpSlVersionAbove: number; readonly executionsSeqAbove: number };
}

/**
 * fenced: another job has taken over this lane. foreign-intent: another job's request of this lane may still take effect.
 * moved-on: `unless` holds.
 */
export type IntentReply =
  | { readonly ok: true; readonly epoch: number; readonly deadlineMs: number }
  | { readonly ok: false; readonly why: 'fenced' | 'foreign-intent' | 'moved-on' };

/**
 * Stores the intents of one mutating request, after it was stamped and before it is signed; `ok: false` = nothing was stored
 * and nothing may be sent. All-absolute intents may stand beside a foreign one. The rows of the monitor's slot are dirty
 * from now on, in both lanes.
 */
export async function openIntents(redis: Redis, request: IntentRequest): Promise<IntentReply> {
  const { ref, lane, token, intents, unless, recvWindowMs = RECV_WINDOW_MS } = request;
  const keys = accountKeys(ref.account);
  const allAbsolute = intents.every(({ absolute }) => absolute);
  const reply = await runScript<['ok', number, number] | ['fenced' | 'foreign-intent' | 'moved-on']>(
    redis,
    'open-intents',
    [
      keys.lane(ref.monitorId, lane),
      keys.intents(ref.monitorId),
      keys.epoch,
      keys.dirty,
      keys.lane(ref.monitorId, 'tp-sl'),
      keys.executed(ref.monitorId),
      keys.awaited(ref.symbol, ref.positionIdx),
    ],
    [
      token,
      lane,
      slotOf(ref),
      recvWindowMs + SETTLE_MS,
      allAbsolute ? '1' : '0',
      unless?.tpSlVersionAbove ?? '',
      unless?.executionsSeqAbove ?? '',
      ref.monitorId,
      AWAITED_TTL_MS,
      ...intents.flatMap(intentArgs),
    ],
  );
  return reply[0] === 'ok' ? { ok: true, epoch: reply[1], deadlineMs: reply[2] } : { ok: false, why: reply[0] };
}

function intentArgs({ id, type, orderLinkId, absolute, awaits }: IntentRequest['intents'][number]): string[] {
  return [id, type, orderLinkId ?? '', absolute ? '1' : '0', toJson(awaits ?? ({ type: 'read' } satisfies Awaits))];
}

/**
 * How an intent ended. acknowledged: the exchange took the request, and a frame or a read shows what came of it. refused: it did not,
 * and only a read shows why. not-sent: it never left. An id alone stands for `refused`.
 */
export type IntentClosing = string | { readonly id: string; readonly outcome: 'acknowledged' | 'refused' | 'not-sent' };

/**
 * Closes intents whose outcome is known: by the reply, by not sending, or after the deadline by a look-up begun after it. Reads
 * begun before now do not show that outcome, so the rows are dirty until a later one lands, or until frames show what was
 * acknowledged. An intent whose effect a frame has shown already is closed by that: nothing becomes dirty. Returns how many were open.
 */
export async function closeIntents(redis: Redis, ref: MonitorRef, closings: readonly IntentClosing[]): Promise<number> {
  if (closings.length === 0) return 0;
  const keys = accountKeys(ref.account);
  const awaited = keys.awaited(ref.symbol, ref.positionIdx);
  const args = closings.flatMap((closing) =>
    typeof closing === 'string' ? [closing, 'refused'] : [closing.id, closing.outcome],
  );
  const scriptKeys = [keys.intents(ref.monitorId), keys.epoch, keys.dirty, awaited];
  return runScript<number>(redis, 'close-intents', scriptKeys, [slotOf(ref), AWAITED_TTL_MS, ...args]);
}

/** Reads an intents hash: id, JSON, id, JSON, ... */
export function parseIntents(pairs: readonly string[]): readonly Intent[] {
  const intents: Intent[] = [];
  for (let index = 0; index < pairs.length; index += 2) {
    const [id = '', text = '{}'] = pairs.slice(index, index + 2);
    intents.push({ ...fromJson<Omit<Intent, 'id'>>(text), id });
  }
  return intents;
}
