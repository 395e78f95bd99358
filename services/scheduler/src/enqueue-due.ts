import type { Lane } from '@backstop/core';
import { ALL_BUCKETS, setDueWithin, takeDue, type MonitorRef, type Queues, type Redis } from '@backstop/store';

/** The most that is taken of one bucket at once: more would hold Redis up for those who act on fills (DESIGN 3.2). */
const MOST_AT_ONCE = 25;
/** A monitor whose job was just ending when its time came is looked after again this soon, ms. */
const LOOK_AGAIN_MS = 250;

/** Of the room for entries, while more stops are due than there is room for. */
const ENTRIES_BESIDE_STOPS = 0.25;

/**
 * Takes due monitors from all buckets and enqueues their checks, no more than the queues have room for: the backlog stays in
 * the due sets. Taking moves a monitor's score forward in the same script, so any number of schedulers may do this at once, and
 * one that dies after taking delays a check but loses none. The lane of the stops goes first: where its backlog fills its queue,
 * as after a standstill, the other one gets a quarter of its room until that is gone. Rejects with what failed first, after all
 * that could be enqueued was.
 */
export async function enqueueDue(redis: Redis, queues: Queues, concurrency: number): Promise<number> {
  const stops = await enqueueLane({ redis, queues, lane: 'tp-sl' }, concurrency);
  const share = stops.room > 0 ? 1 : ENTRIES_BESIDE_STOPS;
  const entries = await enqueueLane({ redis, queues, lane: 'limit-order' }, Math.ceil(concurrency * share));
  const [failure] = [...stops.failures, ...entries.failures];
  if (failure !== undefined) throw failure.reason;
  return stops.enqueued + entries.enqueued;
}

interface Line {
  readonly redis: Redis;
  readonly queues: Queues;
  readonly lane: Lane;
}

interface Enqueued {
  readonly enqueued: number;
  /** What is left of it. */
  readonly room: number;
  readonly failures: readonly PromiseRejectedResult[];
}

async function enqueueLane(line: Line, concurrency: number): Promise<Enqueued> {
  const room = await line.queues.sweepRoom(line.lane, concurrency);
  const first = Math.floor(Math.random() * ALL_BUCKETS.length); // a backlog in one bucket never starves the ones behind it
  let buckets = [...ALL_BUCKETS.slice(first), ...ALL_BUCKETS.slice(0, first)];
  const failures: PromiseRejectedResult[] = [];
  let enqueued = 0;
  while (buckets.length > 0 && enqueued < room) {
    const asked = buckets.slice(0, room - enqueued);
    const limit = Math.min(Math.floor((room - enqueued) / asked.length), MOST_AT_ONCE);
    const taken = await takeFrom(asked, limit, line);
    const refs = taken.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    const woken = await Promise.allSettled([enqueue(refs, line)]);
    failures.push(...[...taken, ...woken].filter((one) => one.status === 'rejected'));
    enqueued += refs.length;
    // Those that had more than they were asked for come again, after those that were not asked yet.
    const isFull = taken.map((one) => one.status === 'fulfilled' && one.value.length === limit);
    buckets = [...buckets.slice(asked.length), ...asked.filter((_bucket, at) => isFull[at])];
  }
  return { enqueued, room: room - enqueued, failures };
}

/** In one round trip: each bucket is a script of its own, and one that fails holds up no other. */
async function takeFrom(
  buckets: readonly number[],
  limit: number,
  { redis, lane }: Line,
): Promise<readonly PromiseSettledResult<readonly MonitorRef[]>[]> {
  return Promise.allSettled(buckets.map((bucket) => takeDue(redis, bucket, lane, { limit })));
}

/** Where the queue does not take them, those that were taken are due again at once. */
async function enqueue(refs: readonly MonitorRef[], { redis, queues, lane }: Line): Promise<void> {
  if (refs.length === 0) return;
  try {
    const left = await queues.wakeMany(refs, lane);
    await Promise.all(left.map((ref) => setDueWithin(redis, ref, lane, LOOK_AGAIN_MS)));
  } catch (error) {
    await Promise.allSettled(refs.map((ref) => setDueWithin(redis, ref, lane, 0)));
    throw error;
  }
}
