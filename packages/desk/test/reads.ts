import { initialState } from '@backstop/core';
import { anInstrument, aPlan, aSnapshot, START_MS } from '@backstop/core/testing';
import type { CheckRead, Row } from '@backstop/store';

const QUIET = aSnapshot();

/** A check that reads a flat account with fresh rows; `part` says what is different. */
export function aRead(part: Partial<CheckRead> = {}): CheckRead {
  return {
    nowMs: START_MS,
    plan: aPlan(),
    states: {
      'tp-sl': { version: 0, state: initialState('tp-sl') },
      'limit-order': { version: 0, state: initialState('limit-order') },
    },
    position: row(undefined),
    orders: row([]),
    executed: new Map(),
    executionsSeq: 1,
    prices: QUIET.prices,
    instrument: anInstrument(),
    intents: [],
    epoch: 0,
    dirtyEpoch: 0,
    dirtyAtMs: 0,
    failedUntilMs: 0,
    ...part,
  };
}

/** A row that was read just now; `part` says what is different. */
export function row<T>(value: T, part: Partial<Extract<Row<T>, { kind: 'row' }>> = {}): Row<T> {
  const read = { startMs: START_MS, endMs: START_MS, atMs: START_MS, epoch: 0 };
  return { kind: 'row', value, ...read, patched: false, vouched: false, dirty: false, ...part };
}

/** The same with both rows vouched for by a live stream, which told of them at `atMs`, or never. */
export function streamed(
  part: Partial<CheckRead>,
  atMs = START_MS,
): Pick<CheckRead, 'position' | 'orders'> & typeof part {
  const { position, orders } = aRead(part);
  return { ...part, position: vouched(position, atMs), orders: vouched(orders, atMs) };
}

function vouched<T>(read: Row<T>, atMs: number): Row<T> {
  return read.kind === 'row' ? { ...read, vouched: true, atMs } : read;
}
