import { randomUUID } from 'node:crypto';
import type { Lane, MonitorEvent, Plan } from '@backstop/core';
import type { Redis } from 'ioredis';
import { bucketKeys } from './keys.ts';
import type { MonitorRef } from './monitor-ref.ts';

/** What the archive has to learn, in the order in which it happened: `json` is the record of its type, as `toJson` text. */
export interface OutboxEntry {
  /** The stream's own id, "ms-seq": ascending within one nonce. */
  readonly id: string;
  /** An OutboxType, where this version wrote it. */
  readonly type: string;
  readonly json: string;
}

/** planned: PlannedRecord; state: StateRecord; event: EventRecord; decision: DecisionRecord; execution: ExecutionRecord. */
export type OutboxType = 'planned' | 'state' | 'event' | 'decision' | 'execution';

export interface PlannedRecord extends MonitorRef {
  readonly plan: Plan;
  /** First state per lane, itself `toJson` text. */
  readonly states: Readonly<Record<Lane, string>>;
}

export interface StateRecord extends MonitorRef {
  readonly lane: Lane;
  readonly version: number;
  /** The state, itself `toJson` text. */
  readonly state: string;
  readonly closed: boolean;
}

export interface EventRecord extends MonitorRef {
  readonly lane: Lane;
  readonly event: MonitorEvent;
}

export interface DecisionRecord extends MonitorRef {
  readonly lane: Lane;
  readonly version: number;
  readonly decision: object;
  /** How many actions left the process; absent = at least one. */
  readonly sent?: number;
}

export interface ExecutionRecord {
  readonly account: string;
  readonly execId: string;
  readonly timeMs: number;
  readonly seq: number;
  readonly symbol: string;
  /** The monitors whose sums it was added to. */
  readonly monitorIds: readonly string[];
  /** The exchange's own row, as text. */
  readonly raw: string;
}

/** At most `count` entries after `afterId`, oldest first; '0' = from the start. */
export async function readOutbox(
  redis: Redis,
  bucket: number,
  afterId: string,
  count: number,
): Promise<readonly OutboxEntry[]> {
  if (count <= 0) return []; // XRANGE would reply null
  const entries = await redis.xrange(
    bucketKeys(bucket).outbox,
    afterId === '0' ? '-' : `(${afterId}`,
    '+',
    'COUNT',
    count,
  );
  return entries.map(([id, fields]) => {
    const [, type = '', , json = ''] = fields;
    return { id, type, json };
  });
}

/** Drops the entries up to and including `uptoId`, which must be stored elsewhere by then. Returns how many were dropped. */
export async function trimOutbox(redis: Redis, bucket: number, uptoId: string): Promise<number> {
  const [ms = '0', seq = '0'] = uptoId.split('-');
  return redis.xtrim(bucketKeys(bucket).outbox, 'MINID', `${ms}-${BigInt(seq) + 1n}`);
}

/** Names this life of the bucket's outbox: another nonce means that Redis was lost and the ids start anew. */
export async function outboxNonce(redis: Redis, bucket: number): Promise<string> {
  const { nonce } = bucketKeys(bucket);
  await redis.set(nonce, randomUUID(), 'NX');
  return (await redis.get(nonce)) ?? '';
}

/** How much waits for the archive: entries, and bytes of memory. */
export async function outboxSize(
  redis: Redis,
  bucket: number,
): Promise<{ readonly count: number; readonly bytes: number }> {
  const { outbox } = bucketKeys(bucket);
  const [count, bytes] = await Promise.all([redis.xlen(outbox), redis.memory('USAGE', outbox)]);
  return { count, bytes: bytes ?? 0 };
}

/** Drops the decisions among the oldest `count` entries: the archive is away and Redis must hold what cannot be rebuilt. */
export async function dropDecisions(redis: Redis, bucket: number, count: number): Promise<number> {
  const entries = await readOutbox(redis, bucket, '0', count);
  const decisions = entries.filter(({ type }) => type === 'decision').map(({ id }) => id);
  return decisions.length === 0 ? 0 : redis.xdel(bucketKeys(bucket).outbox, ...decisions);
}
