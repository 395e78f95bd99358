import type { PrivateFrame, StreamFailure } from '@backstop/core';
import type { RequestObserver } from '@backstop/desk';
import { observeRequests, type ServiceProcess } from '@backstop/runtime';
import type { StreamObserver } from './account-stream.ts';

/** Everything that a stream process measures. */
export interface Observer extends StreamObserver, RequestObserver {
  /** The account's stream is another process's. */
  readonly gone: (account: string) => void;
  readonly drifted: (kind: 'positions' | 'orders') => void;
  /** From the moment at which frames were received until those who have to look were woken. */
  readonly patched: (tookMs: number) => void;
}

/** Turns what happens to streams into this process's metrics and totals. */
export function observeStreams(running: Pick<ServiceProcess, 'metrics' | 'count'>): Observer {
  const { metrics, count } = running;
  for (const kind of ['positions', 'orders'] as const) metrics.cacheDrift.inc({ kind }, 0); // or its first one is no increase
  return {
    ...observeRequests(running),
    synced: (account, isSynced) => metrics.streamUp.set({ account }, isSynced ? 1 : 0),
    gone: (account) => metrics.streamUp.remove({ account }),
    connected: (outcome: 'ready' | StreamFailure['reason']) => {
      metrics.streamConnects.inc({ outcome });
      count(`connects.${outcome}`);
    },
    frames: (frames: readonly PrivateFrame[]) => {
      for (const { topic } of frames) metrics.streamFrames.inc({ topic });
      count('frames', frames.length);
    },
    drifted: (kind) => {
      metrics.cacheDrift.inc({ kind });
      count('drift');
    },
    patched: (tookMs) => metrics.streamPatchSeconds.observe(tookMs / 1_000),
  };
}
