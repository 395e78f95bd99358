import { expect, test } from 'vitest';
import { aRef } from './twin-queues-sides.ts';
import { realStage, twinStage, type Stage } from './twin-queues-stages.ts';

/** Each history is played with BullMQ in real time, then with the twin in virtual time. */
const STAGES = [
  { by: 'BullMQ', open: realStage },
  { by: 'the twin', open: twinStage },
];
/** Another one's Redis is not flushed, and shows other clients. */
const isShared = process.env['TEST_REDIS_URL'] !== undefined;
const LIMIT_MS = 30_000;

test.for(STAGES)(
  'the job of a killed worker comes back before all that waits, and the event kept for it behind ($by)',
  { timeout: LIMIT_MS },
  async ({ open }) => {
    await using stage = await open();
    const doomed = stage.doomed();
    await stage.queues.wake(aRef('a'), 'tp-sl', 'sweep', 'due');
    await stage.until(() => doomed.taken() === 1);
    await event(stage, 'a');
    doomed.kill();

    stage.worker(1);
    await event(stage, 'b');
    await stage.until(() => stage.log.length === 1);
    await event(stage, 'c');
    await stage.queues.wakeMany([aRef('d')], 'tp-sl');
    await stage.until(async () => (await stage.queues.depths())['tp-sl'].waiting === 2);
    await runAll(stage, ['b', 'a', 'c', 'a', 'd']);
    expect(stage.log).toEqual(['b event 1', 'a due 2', 'c event 1', 'a event 1', 'd due 1']);
  },
);

test.for(STAGES)(
  'the check of a frozen worker runs elsewhere, is aborted when that one goes on, and its end changes nothing ($by)',
  { timeout: LIMIT_MS },
  async ({ open }) => {
    await using stage = await open();
    const frozen = stage.doomed();
    await event(stage, 'a');
    await stage.until(() => frozen.taken() === 1);
    frozen.stop();
    stage.worker(1);
    await stage.until(() => stage.log.length === 1);

    await event(stage, 'b');
    frozen.resume();
    await stage.until(() => frozen.taken() === 2);
    await expect(stage.queues.depths()).resolves.toMatchObject({ 'tp-sl': { active: 2, waiting: 0, failed: 0 } });
    expect(stage.log).toEqual(['a event 2']);
  },
);

test.skipIf(isShared).for(STAGES)(
  'a frozen worker that waits for a job keeps the word of it to itself, until there is another word ($by)',
  { timeout: LIMIT_MS },
  async ({ open }) => {
    await using stage = await open();
    const frozen = stage.doomed();
    await stage.waiting(1);
    stage.worker(1);
    await stage.waiting(2);
    frozen.stop();
    await event(stage, 'a');
    await stage.waiting(1);
    stage.log.push('b is woken');
    await event(stage, 'b');
    await runAll(stage, ['a', 'b'], 1);
    expect(stage.log).toEqual(['b is woken', 'a event 1', 'b event 1']);
    frozen.kill();
  },
);

test.skipIf(isShared).for(STAGES)(
  'a flush aborts what runs, whose end changes nothing, and the next event is taken as if nothing had been ($by)',
  { timeout: LIMIT_MS },
  async ({ open }) => {
    await using stage = await open();
    stage.worker(2);
    await event(stage, 'a');
    await stage.until(() => stage.log.length === 1);
    await stage.clear();
    await event(stage, 'a');
    await stage.until(() => stage.log.length === 3);
    await event(stage, 'b');
    await stage.until(() => stage.log.length === 4);
    await expect(stage.queues.depths()).resolves.toMatchObject({ 'tp-sl': { active: 2, waiting: 0, failed: 0 } });
    expect(stage.log).toEqual([
      'a event 1',
      'a event 1',
      'a aborted: Error: the lock of this check is lost',
      'b event 1',
    ]);
  },
);

function event(stage: Stage, monitor: string): Promise<void> {
  return stage.queues.wake(aRef(monitor), 'tp-sl', 'event', 'event');
}

/** Lets these checks run to their end, each when it has started. */
async function runAll(stage: Stage, monitors: readonly string[], already = 0): Promise<void> {
  for (const [index, monitor] of monitors.entries()) {
    await stage.until(() => stage.log.length === already + index + 1);
    stage.release(monitor);
  }
}
