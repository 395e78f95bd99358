import type { StreamKind } from './connection.ts';
import type { FrameCount } from './frame-counts.ts';
import type { Streams } from './streams.ts';

/** The `streams` of the truth: open sockets, those refused and opened so far, and frames by account and topic. */
export interface StreamsReport {
  readonly connections: Readonly<Record<StreamKind, number>>;
  readonly opened: number;
  readonly refused: number;
  /** The topics of the open sockets, each as often as it is subscribed. */
  readonly subscriptions: readonly string[];
  readonly frames: readonly FrameCount[];
}

export function streamsReport({ registry, tally, counts }: Streams): StreamsReport {
  const connections = { public: 0, private: 0, trade: 0 };
  for (const { at } of registry.connections) connections[at.kind] += 1;
  const subscriptions = [...registry.connections].flatMap(({ topics }) => [...topics]).toSorted();
  return { connections, ...tally, subscriptions, frames: counts.list() };
}
