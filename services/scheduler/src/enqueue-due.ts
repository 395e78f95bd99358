import type { Lane } from '@backstop/core';
import { BUCKETS, setDueWithin, takeDue, type Queues, type Redis } from '@backstop/store';

/** The most jobs in one addBulk (DESIGN 3.2): a longer one would hold Redis up for those who act on fills. */
const LARGEST_BULK = 25;
/** A monitor whose job was just ending when its time came is looked after again this soon, ms. */
const LOOK_AGAIN_MS = 250;

/** Of the room for entries, while more stops are due than there is room for. */
const ENTRIES_BESIDE_STOPS = 0.25;

/**
 * Takes due monitors from all buckets and enqueues their checks, no more than the queues have room for: the backlog stays in
 * the due sets. Taking moves a monitor's score forward in the same script, so any number of schedulers may do this at once, and
 * one that dies after taking delays a check but loses none. The lane of the stops goes first: where its backlog fills its queue,
 * as after a standstill, the other one gets a quarter of its room until that is gone.
 */
export async function enqueueDue(redis: Redis, queues: Queues, concurrency: number): Promise<number> {
  const stops = await enqueueLane(redis, queues, 'tp-sl', concurrency);
  const share = stops.room > 0 ? 1 : ENTRIES_BESIDE_STOPS;
  const entries = await enqueueLane(redis, queues, 'limit-order', Math.ceil(concurrency * share));
  return stops.enqueued + entries.enqueued;
}

/** How many were enqueued, and the room that is left. */
async function enqueueLane(
  redis: Redis,
  queues: Queues,
  lane: Lane,
  concurrency: number,
): Promise<{ readonly enqueued: number; readonly room: number }> {
  let room = await queues.sweepRoom(lane, concurrency);
  let enqueued = 0;
  const first = Math.floor(Math.random() * BUCKETS); // a backlog in one bucket never starves the ones behind it
  for (let nth = 0; nth < BUCKETS && room > 0; nth += 1) {
    const bucket = (first + nth) % BUCKETS;
    const refs = await takeDue(redis, bucket, lane, { limit: Math.min(room, LARGEST_BULK) });
    if (refs.length === 0) continue;
    const left = await queues.wakeMany(refs, lane);
    await Promise.all(left.map((ref) => setDueWithin(redis, ref, lane, LOOK_AGAIN_MS)));
    room -= refs.length;
    enqueued += refs.length;
  }
  return { enqueued, room };
}
