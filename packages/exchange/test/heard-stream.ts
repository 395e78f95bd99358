import type { Execution, OrderRow, PositionRow, PrivateFrame, StreamFailure } from '@backstop/core';
import { expect } from 'vitest';
import { openPrivateStream, privateStreamUrl, type PrivateStreamOptions } from '../src/index.ts';
import type { SimulatorProcess } from './simulator.ts';

/** How long something that has to come may take on a busy machine. */
export const PATIENCE = { timeout: 15_000, interval: 5 };

/** A private stream over real sockets, and what it told. */
export interface HeardStream extends Disposable {
  readonly frames: readonly PrivateFrame[];
  /** `admitted`, `ready` and failures, in order. */
  readonly life: readonly ('admitted' | 'ready' | StreamFailure)[];
  /** Waits until connections have become ready so many times. */
  readonly ready: (times?: number) => Promise<void>;
  /** Waits for the failures so far to be so many, and gives the last. */
  readonly down: (times?: number) => Promise<StreamFailure | undefined>;
}

/** Opens the stream of an account of the simulator, with short back-offs unless others are given. */
export function hearStream(
  { baseUrl }: Pick<SimulatorProcess, 'baseUrl'>,
  options: Pick<PrivateStreamOptions, 'credentials'> & Partial<PrivateStreamOptions>,
): HeardStream {
  const frames: PrivateFrame[] = [];
  const life: ('admitted' | 'ready' | StreamFailure)[] = [];
  const failures = (): readonly StreamFailure[] => life.filter((event) => typeof event === 'object');
  const stream = openPrivateStream({
    url: privateStreamUrl(baseUrl),
    admit: async () => {
      life.push('admitted');
    },
    listener: {
      ready: () => life.push('ready'),
      frames: (more) => frames.push(...more),
      down: (failure) => life.push(failure),
    },
    ...options,
    timings: { backOffMs: 20, ...options.timings },
  });
  return {
    frames,
    life,
    ready: (times = 1) =>
      expect.poll(() => life.filter((event) => event === 'ready').length, PATIENCE).toBeGreaterThanOrEqual(times),
    down: async (times = 1) => {
      await expect.poll(() => failures().length, PATIENCE).toBeGreaterThanOrEqual(times);
      return failures()[times - 1];
    },
    [Symbol.dispose]: () => stream.close(),
  };
}

/** The last row of each order, in the order in which the orders came up. */
export function ordersOf(frames: readonly PrivateFrame[]): readonly OrderRow[] {
  const rows = frames.flatMap((frame) => (frame.topic === 'order' ? frame.rows : []));
  return [...new Map(rows.map((row) => [row.orderId, row])).values()];
}

/** The last row of the position. */
export function positionOf(frames: readonly PrivateFrame[]): PositionRow | undefined {
  return frames.flatMap((frame) => (frame.topic === 'position' ? frame.rows : [])).at(-1);
}

export function executionsOf(frames: readonly PrivateFrame[]): readonly Execution[] {
  return frames.flatMap((frame) => (frame.topic === 'execution' ? frame.rows : []));
}
