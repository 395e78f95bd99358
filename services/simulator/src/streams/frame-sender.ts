import type { Faults } from '../sim/faults.ts';
import { bentFrame } from './bent-frame.ts';
import type { FrameCounts } from './frame-counts.ts';
import type { Outbox } from './outbox.ts';
import type { Registry } from './registry.ts';

/** A frame of a topic, ready to go out to whoever is subscribed by then. */
interface OutgoingFrame {
  readonly channel: string;
  /** The account it is about; "" for public topics. */
  readonly account: string;
  readonly topic: string;
  readonly text: string;
  /** Hears that it has left for somebody. */
  readonly left?: (nowMs: number) => void;
}

/** How long a reordered frame waits for another one to pass it. */
const MOST_HELD_MS = 1_000;

export interface FrameSender {
  send: (frame: OutgoingFrame, nowMs: number) => void;
}

/** Sends frames to their subscribers, as the faults let it: dropped, delayed, twice, behind the next one, or bent. */
export function createFrameSender(parts: {
  registry: Registry;
  outbox: Outbox;
  counts: FrameCounts;
  faults: Faults;
}): FrameSender {
  const held = new Map<string, OutgoingFrame[]>();

  const deliver = (frame: OutgoingFrame, nowMs: number): void => {
    const bytes = Buffer.from(frame.text);
    let sent = 0;
    for (const connection of parts.registry.subscribers(frame.channel, frame.topic)) {
      if (connection.send(bytes, nowMs)) sent += 1;
    }
    parts.counts.add(frame, { sent });
    if (sent > 0) frame.left?.(nowMs);
  };
  const release = (channel: string, nowMs: number): void => {
    const frames = held.get(channel) ?? [];
    held.delete(channel);
    for (const frame of frames) deliver(frame, nowMs);
  };
  const hold = (frame: OutgoingFrame, nowMs: number): void => {
    held.set(frame.channel, [...(held.get(frame.channel) ?? []), frame]);
    parts.outbox.post(nowMs + MOST_HELD_MS, (thenMs) => release(frame.channel, thenMs));
  };

  return {
    send: (frame, nowMs) => {
      const struck = parts.faults.strikeFrame({ account: frame.account, endpoint: frame.topic, nowMs });
      const kinds = new Set(struck.map(({ kind }) => kind));
      const delayMs = struck.reduce((sum, fault) => sum + (fault.kind === 'frame-delayed' ? fault.ms : 0), 0);
      const outgoing = struck.length === 0 ? frame : { ...frame, text: bentFrame(frame.text, struck) };
      if (kinds.has('frame-dropped')) {
        parts.counts.add(frame, { dropped: 1 });
        return;
      }
      if (delayMs > 0) {
        parts.outbox.post(nowMs + delayMs, (thenMs) => deliver(outgoing, thenMs));
        return;
      }
      if (kinds.has('frame-reordered')) {
        hold(outgoing, nowMs);
        return;
      }
      deliver(outgoing, nowMs);
      if (kinds.has('frame-duplicated')) deliver(outgoing, nowMs);
      if (held.size > 0) release(frame.channel, nowMs);
    },
  };
}
