import type { Queues, Waiter } from '@backstop/store';
import type { FrameBatch } from './account-stream.ts';
import { applyFrames, type ApplyDeps } from './apply-frames.ts';
import { foreseen } from './foreseen.ts';
import { rememberedPlans } from './known-plans.ts';
import type { Observer } from './observe-streams.ts';

export interface BatchDeps extends ApplyDeps {
  /** Over the connection `redis`: a wake-up takes effect after what was sent before it. */
  readonly queues: Pick<Queues, 'wake'>;
  readonly observer: Pick<Observer, 'patched'>;
  /** Whether this process can know that the account is its own. */
  readonly holds: () => boolean;
}

/**
 * Puts frames into the cache and wakes the monitors that have to look. Rejects where the account may be another process's, after
 * this one was stopped or without Redis for a while: what it holds is too old to be told. Wake-ups that fail are made up for:
 * these monitors are due.
 *
 * Whoever looks at a fill is mostly known beforehand: its wake-up is sent right behind the frames, without waiting for their reply.
 */
export async function applyBatch(
  account: string,
  { frames, session, receivedAtMs }: FrameBatch,
  deps: BatchDeps,
): Promise<void> {
  if (!deps.holds()) throw new Error('the lease may have run out');
  const known = rememberedPlans(deps.redis, account, session);
  const applying = applyFrames(account, frames, session, deps);
  const ahead = known === undefined ? [] : foreseen(frames, known);
  const waking = wakeAll(account, ahead, deps);
  const [woken] = await Promise.all([applying, waking]);
  // Where others were active by then, nothing was in the cache yet when those were woken.
  const stands = rememberedPlans(deps.redis, account, session) === known;
  await wakeAll(account, stands ? woken.filter((waiter) => !has(ahead, waiter)) : woken, deps);
  deps.observer.patched(performance.now() - receivedAtMs);
}

async function wakeAll(account: string, waiters: readonly Waiter[], { queues, log }: BatchDeps): Promise<void> {
  try {
    await Promise.all(waiters.map(({ ref, lane }) => queues.wake(ref, lane, 'event', 'frame')));
  } catch (error) {
    log.warn({ account, err: error }, 'monitors not woken');
  }
}

function has(waiters: readonly Waiter[], { ref, lane }: Waiter): boolean {
  return waiters.some((one) => one.ref.monitorId === ref.monitorId && one.lane === lane);
}
