import type { PrivateFrame } from '@backstop/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FramePump } from '../src/frame-pump.ts';

function aFrame(createdMs: number, topic: PrivateFrame['topic'] = 'position'): PrivateFrame {
  return { topic, rows: [], createdMs, unreadable: [] };
}

/** A pump whose batches end when the test says so. */
function aPump() {
  const begun: number[][] = [];
  const ends: PromiseWithResolvers<void>[] = [];
  const failures: unknown[] = [];
  const pump = new FramePump({
    apply: (frames) => {
      begun.push(frames.map(({ createdMs }) => createdMs));
      const end = Promise.withResolvers<void>();
      ends.push(end);
      return end.promise;
    },
    failed: (error) => failures.push(error),
  });
  return { pump, begun, ends, failures };
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

test('frames that come while a batch is under way make the next one, in the order of their arrival', async () => {
  const { pump, begun, ends } = aPump();
  pump.open(Promise.resolve(true));
  pump.push([aFrame(1), aFrame(2)]);
  await turns();
  pump.push([aFrame(3)]);
  pump.push([aFrame(4)]);
  await turns();
  expect(begun).toEqual([[1, 2]]);

  ends[0]?.resolve();
  await turns();
  expect(begun).toEqual([
    [1, 2],
    [3, 4],
  ]);
  ends[1]?.resolve();
  await pump.idle();
});

test('a long burst is applied in parts, in order', async () => {
  const applied: number[] = [];
  const sizes: number[] = [];
  const pump = new FramePump({
    apply: (frames) => {
      sizes.push(frames.length);
      applied.push(...frames.map(({ createdMs }) => createdMs));
      return Promise.resolve();
    },
    failed: () => undefined,
  });
  pump.open(Promise.resolve(true));
  const burst = Array.from({ length: 250 }, (_, index) => index);
  pump.push(burst.map((at) => aFrame(at)));
  await pump.idle();
  expect(sizes).toEqual([100, 100, 50]);
  expect(applied).toEqual(burst);
});

test('before the session is open frames wait, and where it cannot be opened they are dropped', async () => {
  const { pump, begun } = aPump();
  pump.push([aFrame(0)]);
  const opening = Promise.withResolvers<boolean>();
  pump.open(opening.promise);
  pump.push([aFrame(1)]);
  await turns();
  expect(begun).toEqual([]);
  opening.reject(new Error('redis is away'));
  await pump.idle();
  pump.push([aFrame(2)]);
  await pump.idle();
  expect(begun).toEqual([]);

  pump.open(Promise.resolve(true));
  pump.push([aFrame(3)]);
  await turns();
  expect(begun).toEqual([[3]]);
});

test('after a failure nothing is applied until it is opened again, and it is told once', async () => {
  const { pump, begun, ends, failures } = aPump();
  pump.open(Promise.resolve(true));
  pump.push([aFrame(1)]);
  await turns();
  pump.push([aFrame(2)]);
  ends[0]?.reject(new Error('redis is away'));
  await pump.idle();
  pump.push([aFrame(3)]);
  await pump.idle();
  expect({ begun, failures: failures.length }).toEqual({ begun: [[1]], failures: 1 });
});

test('the failure of a batch from before it was opened anew is nothing to tell: what came since is applied', async () => {
  const { pump, begun, ends, failures } = aPump();
  pump.open(Promise.resolve(true));
  pump.push([aFrame(1)]);
  await turns();
  pump.shut();
  pump.open(Promise.resolve(true));
  pump.push([aFrame(2)]);
  ends[0]?.reject(new Error('late'));
  await turns();
  expect({ begun, failures }).toEqual({ begun: [[1], [2]], failures: [] });
});

describe('an event whose frames come one by one', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('is applied whole as soon as its position has come', async () => {
    const { pump, begun } = aPump();
    pump.open(Promise.resolve(true));
    pump.push([aFrame(1, 'execution')]);
    await vi.advanceTimersByTimeAsync(1);
    pump.push([aFrame(2, 'order')]);
    await vi.advanceTimersByTimeAsync(1);
    expect(begun).toEqual([]);

    pump.push([aFrame(3)]);
    await vi.advanceTimersByTimeAsync(0);
    expect(begun).toEqual([[1, 2, 3]]);
  });

  test('waits a few milliseconds for a position that does not come, and not after the pump is shut', async () => {
    const { pump, begun } = aPump();
    pump.open(Promise.resolve(true));
    pump.push([aFrame(1, 'order')]);
    await vi.advanceTimersByTimeAsync(5);
    expect(begun).toEqual([[1]]);

    const other = aPump();
    other.pump.open(Promise.resolve(true));
    other.pump.push([aFrame(1, 'order')]);
    other.pump.shut();
    await other.pump.idle();
    expect(vi.getTimerCount()).toBe(0);
    expect(other.begun).toEqual([]);
  });
});
