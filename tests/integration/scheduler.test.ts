import { LANES } from '@backstop/core';
import { runRounds } from '@backstop/scheduler/run-rounds';
import { scheduleChecks } from '@backstop/scheduler/schedule-checks';
import { ALL_BUCKETS, listRounds, oldestChecked, takeDue, type MonitorRef, type Round } from '@backstop/store';
import { expect, onTestFinished, test } from 'vitest';
import { restingPlan } from '../support/plans.ts';
import { SOON } from '../support/protect.ts';
import { useRig } from '../support/use-rig.ts';

const rig = useRig();
const ROUND_MS = 1_000;
const CONFIG = { SCHEDULER_ROUND_MS: ROUND_MS, SCHEDULER_TICK_MS: 20, FLEET_CONCURRENCY: 20 };

/** One more scheduler beside those that run; it ends with its signal, at the latest with the test. */
function schedule(stop: AbortController): Promise<void> {
  onTestFinished(() => stop.abort());
  const deps = { redis: rig().redis, queues: rig().queues, log: rig().log, count: () => undefined };
  return scheduleChecks(deps, CONFIG, stop.signal);
}

async function put(count: number): Promise<readonly MonitorRef[]> {
  const accounts = ['main', 'other'] as const;
  return rig().put(...Array.from({ length: count }, (_, at) => restingPlan(accounts[at % 2] ?? 'main', at)));
}

/** The rounds as the log tells them, which is what operators read. */
function toldRounds(): readonly number[] {
  return rig()
    .lines.filter(({ msg }) => typeof msg === 'string' && msg.startsWith('processed'))
    .map(({ openedAtMs }) => Number(openedAtMs));
}

async function oldestCheckedMs(): Promise<number> {
  const oldest = await Promise.all(ALL_BUCKETS.map((bucket) => oldestChecked(rig().redis, bucket)));
  return Math.min(...oldest.flatMap(({ atMs }) => atMs ?? []));
}

test('two schedulers at once: each round opens and closes once and every monitor is checked in it', async () => {
  const seats = [await rig().seat(), await rig().seat()];
  await put(10);
  const stop = new AbortController();
  const schedulers = [schedule(stop), schedule(stop)];
  rig().work(seats, { schedules: false });

  await expect.poll(async () => (await listRounds(rig().redis, 10)).length, SOON).toBeGreaterThanOrEqual(3);
  stop.abort();
  await Promise.all(schedulers);
  const rounds = (await listRounds(rig().redis, 10)).toReversed();
  expect(rounds.every(({ complete, monitors }) => complete && monitors === 10)).toBe(true);
  expect(toldRounds()).toEqual(rounds.map(({ openedAtMs }) => openedAtMs));
  expect(gaps(rounds).every((gapMs) => gapMs >= ROUND_MS)).toBe(true);
  expect(rig().lines.filter(({ level }) => level === 'warn')).toEqual([]);
});

test('a scheduler that dies after taking monitors loses none of them', async () => {
  const seat = await rig().seat();
  await put(6);
  const taken = await Promise.all(
    ALL_BUCKETS.flatMap((bucket) => LANES.map((lane) => takeDue(rig().redis, bucket, lane, { limit: 100 }))),
  ); // and then it dies: nothing is enqueued
  expect(taken.flat()).toHaveLength(12);
  const before = await oldestCheckedMs();

  const stop = new AbortController();
  const next = schedule(stop);
  rig().work([seat], { schedules: false });
  await expect.poll(oldestCheckedMs, SOON).toBeGreaterThan(before);
  stop.abort();
  await next;
});

test('the schedulers that are left go on when one ends', async () => {
  const seat = await rig().seat();
  await put(4);
  const [first, second] = [new AbortController(), new AbortController()];
  const schedulers = [schedule(first), schedule(second)];
  rig().work([seat], { schedules: false });
  await expect.poll(async () => (await listRounds(rig().redis, 10)).length, SOON).toBeGreaterThanOrEqual(1);

  first.abort();
  await schedulers[0];
  const closed = (await listRounds(rig().redis, 10)).length;
  await expect.poll(async () => (await listRounds(rig().redis, 10)).length, SOON).toBeGreaterThanOrEqual(closed + 2);
  second.abort();
  await Promise.all(schedulers);
});

test('a monitor whose account cannot be read keeps its round open only so long: it closes as incomplete', async () => {
  const seat = await rig().seat();
  const refs = await put(2);
  const [unreadable, readable] = refs;
  if (unreadable === undefined || readable === undefined) throw new Error('not accepted');
  await rig().venue.fault({ kind: 'http-500', account: unreadable.account, endpoint: 'position/list' });
  const longestMs = 300;

  const opened = await runRounds(rig().redis, { everyMs: ROUND_MS, longestMs });
  expect(opened).toEqual({ closed: undefined, open: true });
  expect(await seat.check(readable)).not.toBe('unknown');
  expect(await seat.check(unreadable)).toBe('unknown');
  expect(await runRounds(rig().redis, { everyMs: ROUND_MS, longestMs })).toMatchObject({ open: true });

  await expect
    .poll(async () => (await runRounds(rig().redis, { everyMs: ROUND_MS, longestMs })).closed, SOON)
    .toMatchObject({ monitors: 2, complete: false });
  await expect.poll(async () => (await runRounds(rig().redis, { everyMs: ROUND_MS, longestMs })).open, SOON).toBe(true); // and the next one opens in its time
});

function gaps(rounds: readonly Round[]): readonly number[] {
  return rounds.slice(1).map(({ openedAtMs }, at) => openedAtMs - (rounds[at]?.openedAtMs ?? 0));
}
