import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { seedOfTitle } from '@backstop/core/testing';
import { expect, test } from 'vitest';
import type { Redis } from '../src/index.ts';
import { openTwin } from '../testing/index.ts';
import { virtualRedis } from '../testing/virtual-redis.ts';
import { accept, REF, useRedis } from './account.ts';
import { anyHistory, type History } from './coherence-steps.ts';
import { Coherence } from './coherence.ts';

/** Ahead of every real clock. */
const START_MS = 4_102_444_800_000;
const redis = useRedis();

/** Plays a history. Resolves with the first thing that is wrong, or how it ended. */
async function play(
  storage: Redis,
  { skewMs, steps }: History,
  moveTo: (nowMs: number) => Promise<void>,
): Promise<{ readonly faults: readonly string[]; readonly end: Awaited<ReturnType<Coherence['settle']>> }> {
  const clock = { nowMs: START_MS };
  await accept(storage, REF);
  const world = new Coherence(storage, clock, skewMs);
  await world.connect();
  for (const step of steps) {
    clock.nowMs += step.waitMs;
    await moveTo(clock.nowMs);
    await world.run(step);
    const faults = await world.faults();
    if (faults.length > 0) return { faults, end: undefined };
  }
  const end = await world.settle();
  return { faults: await world.faults(), end };
}

async function playOnTwin(history: History, rewrite?: (source: string) => string) {
  let nowMs = START_MS;
  const twin = openTwin({ nowMs: () => nowMs, ...(rewrite && { rewrite }) });
  return play(twin.connect(), history, async (atMs) => {
    nowMs = atMs;
  });
}

test('S-07 in every history of frames that come late, twice or in disorder and of reads that are behind, rows lack nothing that was told, and end as the exchange', async () => {
  let vouched = 0;
  await fc.assert(
    fc.asyncProperty(anyHistory, async (history) => {
      const { faults, end } = await playOnTwin(history);
      expect(faults).toEqual([]);
      expect(end?.held).toEqual(end?.truth);
      if (end !== undefined) vouched += 1;
    }),
    { seed: seedOfTitle(), numRuns: 600, endOnFailure: process.env['COHERENCE_SHRINK'] === undefined },
  );
  expect(vouched).toBeGreaterThan(100);
});

test('S-07 on a real Redis rows lack nothing that was told either, and end as the exchange', async () => {
  const real = virtualRedis(redis());
  await fc.assert(
    fc.asyncProperty(anyHistory, async (history) => {
      await real.reset(START_MS);
      const { faults, end } = await play(real.connect(), history, (nowMs) => real.moveTo(nowMs));
      expect(faults).toEqual([]);
      expect(end?.held).toEqual(end?.truth);
    }),
    { seed: seedOfTitle(), numRuns: 30 },
  );
});

/** What becomes of the rows where a rule of the scripts is gone: its text, and what takes its place. */
const CONTROLS: readonly (readonly [what: string, text: string, instead: string])[] = [
  ['whatever is held of an order, a frame counts', 'if held.ended or order < 0 then return end', ''],
  ['an older frame of an order counts', 'if held.ended or order < 0 then return end', 'if held.ended then return end'],
  ['an older frame of a position counts', 'tonumber(frame.createdMs) < tonumber(held.createdMs)', 'false'],
  ['a read undoes what frames told of orders', 'at = overlay_orders(texts, frames, read)', "at = ''"],
  [
    'a read undoes what frames told of the position',
    'if frame and wins_over_position(frame, value, read) then',
    'if false then',
  ],
  ['frames of an older session are newer than a read', 'frame.session == session and ', ''],
  ['a frame by a clock that is behind is too old', 'tonumber(row[1]) - 1000', 'tonumber(row[1])'],
];

test.each(CONTROLS)('it is seen where %s', async (_what, text, instead) => {
  const rewrite = (source: string) => source.replace(text, instead);
  const seen = await fc.check(
    fc.asyncProperty(anyHistory, async (history) => {
      const { faults, end } = await playOnTwin(history, rewrite);
      return faults.length === 0 && isDeepStrictEqual(end?.held, end?.truth);
    }),
    { seed: seedOfTitle(), numRuns: 1_000, endOnFailure: true },
  );
  expect(seen.failed).toBe(true);
});
