import { LANES, type Lane } from '@backstop/core';
import { fromMember, toMember, type MonitorRef } from './monitor-ref.ts';

/** A check that is to be woken: it ended because somebody else reads, or its facts have changed. */
export interface Waiter {
  readonly ref: MonitorRef;
  readonly lane: Lane;
}

/** `lane|member`: as scripts keep and tell it. */
export function fromWaiter({ ref, lane }: Waiter): string {
  return `${lane}|${toMember(ref)}`;
}

/** Reads `fromWaiter`'s text back. Throws RangeError for anything else. */
export function toWaiter(text: string): Waiter {
  const lane = LANES.find((name) => text.startsWith(`${name}|`));
  if (lane === undefined) throw new RangeError(`not a waiter: ${JSON.stringify(text)}`);
  return { lane, ref: fromMember(text.slice(lane.length + 1)) };
}
