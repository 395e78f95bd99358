import {
  ALL_BUCKETS,
  dropDecisions,
  outboxNonce,
  outboxSize,
  readOutbox,
  shedDecisions,
  trimOutbox,
  type Archive,
  type OutboxEntry,
  type Redis,
} from '@backstop/store';
import type { TaskDeps } from './task.ts';

const BATCH = 500;

/** Moves every bucket's outbox into the archive, exactly once, then trims what is durable (DESIGN section 6). */
export async function drainOutbox({ redis, archive, count, log, followReactions }: TaskDeps): Promise<void> {
  try {
    const drained = await drainAll(redis, archive, followReactions);
    if (drained > 0) count('archived', drained);
  } catch (error) {
    const dropped = await makeRoom(redis);
    if (dropped > 0) log.warn({ dropped }, 'archive is away, decisions dropped');
    count('decisionsDropped', dropped);
    throw error;
  }
}

/**
 * Drains until every outbox is empty; returns how many entries became durable. Rejects when the archive is away. `onStored`
 * sees the entries of one bucket in their order, once they are stored.
 */
export async function drainAll(
  redis: Redis,
  archive: Pick<Archive, 'drain' | 'offset'>,
  onStored: (entries: readonly OutboxEntry[]) => void = () => undefined,
): Promise<number> {
  let drained = 0;
  for (const bucket of ALL_BUCKETS) {
    const nonce = await outboxNonce(redis, bucket);
    let stored = await archive.offset(bucket, nonce);
    for (;;) {
      await trimOutbox(redis, bucket, stored); // also what a drainer before us stored and had no time to trim
      const entries = await readOutbox(redis, bucket, stored, BATCH);
      if (entries.length === 0) break;
      const result = await archive.drain(bucket, nonce, entries);
      stored = result.lastId;
      drained += result.stored;
      onStored(entries);
    }
  }
  return drained;
}

async function makeRoom(redis: Redis): Promise<number> {
  const sizes = await Promise.all(ALL_BUCKETS.map((bucket) => outboxSize(redis, bucket)));
  if (!shedDecisions(sizes.reduce((total, { bytes }) => total + bytes, 0))) return 0;

  const dropped = await Promise.all(sizes.map(({ count }, bucket) => dropDecisions(redis, bucket, count)));
  return dropped.reduce((total, some) => total + some, 0);
}
