import type { Queues } from '@backstop/store';
import type { FrameBatch } from './account-stream.ts';
import { applyFrames, type ApplyDeps } from './apply-frames.ts';
import type { Observer } from './observe-streams.ts';

export interface BatchDeps extends ApplyDeps {
  readonly queues: Pick<Queues, 'wake'>;
  readonly observer: Pick<Observer, 'patched'>;
  /** Whether this process can know that the account is its own. */
  readonly holds: () => boolean;
}

/**
 * Puts frames into the cache and wakes the monitors that have to look. Rejects where the account may be another process's, after
 * this one was stopped or without Redis for a while: what it holds is too old to be told. Wake-ups that fail are made up for:
 * these monitors are due.
 */
export async function applyBatch(
  account: string,
  { frames, session, receivedAtMs }: FrameBatch,
  { redis, queues, log, observer, holds }: BatchDeps,
): Promise<void> {
  if (!holds()) throw new Error('the lease may have run out');
  const woken = await applyFrames(account, frames, session, { redis, log });
  try {
    await Promise.all(woken.map(({ ref, lane }) => queues.wake(ref, lane, 'event', 'frame')));
  } catch (error) {
    log.warn({ account, err: error }, 'monitors not woken');
  }
  observer.patched(performance.now() - receivedAtMs);
}
