import { aPlan, aPosition, aStopRow, aTakeProfitRow, executed, START_MS } from '@backstop/core/testing';
import type { CheckRead } from '@backstop/store';
import { describe, expect, test } from 'vitest';
import { frameWaitMs, type Waited } from '../src/frame-wait.ts';
import { nextRead } from '../src/next-read.ts';
import { aRead, row, streamed } from './reads.ts';

const LONG_AGO_MS = START_MS - 60_000;
const NOT_YET: Waited = { waitedMs: 0, wroteAtMs: LONG_AGO_MS };

/** What this check waits for frames before it reads what it needs. */
function wait(part: Partial<CheckRead>, waited: Partial<Waited> = {}): number {
  const read = aRead(part);
  const scope = nextRead(read, new Set());
  if (scope === undefined) throw new Error('nothing is missing');
  return frameWaitMs(read, scope, { ...NOT_YET, ...waited });
}

/** A position whose entry's execution is not known. */
const opened = { position: row(aPosition()), orders: row([aStopRow()]) };
/** A take-profit whose execution is known, and that still rests whole. */
const lagging = {
  position: row(aPosition()),
  orders: row([aStopRow(), aTakeProfitRow('t1', '85', '110')]),
  executed: executed({ e0: '100', t1: '10' }),
};
const dirty = { position: row(undefined, { dirty: true }) };

describe('an execution that the rows speak of', () => {
  test.each<[string, number, Partial<Waited>, number]>([
    ['is on its way when they have just changed', START_MS, {}, 300],
    ['is on its way until 300 ms after that', START_MS - 299, { waitedMs: 299 }, 1],
    ['is lost after that: it is fetched', START_MS - 300, { waitedMs: 300 }, 0],
    ['may be the first that is seen of an event: its other frames get a moment', LONG_AGO_MS, {}, 100],
    ['gets no second moment', LONG_AGO_MS, { waitedMs: 100 }, 0],
    ['is not waited for by rows that go on changing, beyond a second (S-13)', START_MS, { waitedMs: 1_000 }, 0],
  ])('%s', (_title, atMs, waited, expected) => {
    expect(wait(streamed(opened, atMs), waited)).toBe(expected);
  });

  test('is fetched at once where no live stream brings it', () => {
    expect(wait(opened)).toBe(0);
    const { position } = streamed(opened);
    expect(wait({ ...opened, position })).toBe(0);
  });

  test('F-11 is fetched within a moment where a plan was restored, whatever the rows', () => {
    const restored = { plan: aPlan({ restoreEpoch: 1 }), executionsSeq: -1 };
    expect(wait(streamed(restored, LONG_AGO_MS))).toBe(100);
    expect(wait(streamed(restored, LONG_AGO_MS), { waitedMs: 100 })).toBe(0);
  });
});

describe('rows of a live stream', () => {
  test.each<[string, Partial<Waited>, number]>([
    ['are waited for after a write of ours', { wroteAtMs: START_MS }, 250],
    ['are waited for until 250 ms after it', { wroteAtMs: START_MS - 240 }, 10],
    ['are read after that', { wroteAtMs: START_MS - 250 }, 0],
    ['are read after a second of writes (S-13)', { wroteAtMs: START_MS, waitedMs: 1_000 }, 0],
  ])('%s', (_title, waited, expected) => {
    expect(wait(streamed(dirty), waited)).toBe(expected);
  });

  test('get a moment to show an execution that is booked, and are then read', () => {
    expect(wait(streamed(lagging, LONG_AGO_MS))).toBe(100);
    expect(wait(streamed(lagging, LONG_AGO_MS), { waitedMs: 99 })).toBe(1);
    expect(wait(streamed(lagging, LONG_AGO_MS), { waitedMs: 100 })).toBe(0);
  });

  test('are read at once when they are missing, or when nothing else than the price is beyond them', () => {
    expect(wait({ ...streamed({}), orders: { kind: 'missing' } })).toBe(0);
    const prices = { last: 0n, mark: 0n, index: 0n, atMs: START_MS + 1 };
    expect(wait(streamed({ ...opened, executed: executed({ e0: '100' }), prices }))).toBe(0);
  });

  test('are read at once after a write where no stream lives', () => {
    expect(wait(dirty, { wroteAtMs: START_MS })).toBe(0);
  });
});
