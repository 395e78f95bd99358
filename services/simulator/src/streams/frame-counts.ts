/** How many frames went out, by account ("" = public) and topic. */
export interface FrameCount {
  readonly account: string;
  readonly topic: string;
  /** Frames given to sockets; a frame for two sockets counts twice. */
  sent: number;
  /** Frames that a fault swallowed. */
  dropped: number;
}

export interface FrameCounts {
  add: (frame: { account: string; topic: string }, more: { sent?: number; dropped?: number }) => void;
  list: () => readonly FrameCount[];
}

export function createFrameCounts(): FrameCounts {
  const counts = new Map<string, FrameCount>();
  return {
    add: ({ account, topic }, { sent = 0, dropped = 0 }) => {
      const key = `${account} ${topic}`;
      const count = counts.get(key) ?? { account, topic, sent: 0, dropped: 0 };
      counts.set(key, count);
      count.sent += sent;
      count.dropped += dropped;
    },
    list: () => [...counts.values()],
  };
}
