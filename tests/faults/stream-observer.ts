import { toJson } from '@backstop/core';
import type { Observer } from '@backstop/stream/observe-streams';
import type { Counts } from './worker-process.ts';

/** What a day hears of its stream processes. */
export function streamObserver(
  counts: Counts,
  { tell, isTraced }: { readonly tell: (line: string) => void; readonly isTraced: boolean },
): Observer {
  return {
    request: ({ outcome }) => {
      if (outcome === '10006') counts.rateLimited += 1;
    },
    budgetWait: () => undefined,
    synced: (account, isSynced) => {
      if (isSynced) counts.syncs += 1;
      tell(`stream: ${account} ${isSynced ? 'in sync' : 'not in sync'}`);
    },
    gone: (account) => tell(`stream: ${account} is another's`),
    connected: (outcome) => tell(`stream: connected: ${outcome}`),
    frames: (frames) => {
      if (!isTraced) return;
      for (const { topic, createdMs, rows } of frames) tell(`stream: ${topic} of ${createdMs}: ${toJson(rows)}`);
    },
    drifted: (kind) => {
      counts.drifts += 1;
      tell(`stream: ${kind} had drifted`);
    },
    patched: () => undefined,
  };
}
