import type { Check, Reading } from '@backstop/desk';
import type { HttpRequest } from '@backstop/simulator';

function placeOf({ account, symbol, positionIdx }: Check['ref']): string {
  return `${account}:${symbol}:${positionIdx}`;
}

interface UnderWay {
  readonly lane: string;
  readonly token: string;
  readonly isAmend: boolean;
  readonly departedMs: number;
}

/** The exchange refuses what was stamped longer ago: a write that is under way for longer does nothing any more. */
const RECV_WINDOW_MS = 2_000;

/** Writes from their departure to their effect, by the job that sent them: what the judged side must know and is not asked. */
export interface InFlight {
  readonly during: <T>(
    check: Check | undefined,
    request: HttpRequest,
    send: (onEffect: () => void) => Promise<T>,
  ) => Promise<T>;
  /**
   * Notes a decision's facts: taken for settled, though a write of ours had left between the rows and the look at them, they
   * are stale. What leaves later, while the one that decides stands still, is the fence's business.
   */
  readonly decideOn: (check: Check, reading: Reading) => void;
  readonly counts: () => { readonly overlaps: number; readonly stale: number };
}

export function openInFlight(): InFlight {
  const underWay = new Set<UnderWay>();
  const departuresMs = new Map<string, number[]>();
  let overlaps = 0;
  let stale = 0;
  return {
    counts: () => ({ overlaps, stale }),
    decideOn: ({ ref }, reading) => {
      if (reading.kind !== 'facts' || reading.dirty) return;
      const { positionAtMs, ordersAtMs } = reading.snapshot;
      const departedMs = departuresMs.get(placeOf(ref))?.findLast((atMs) => atMs <= reading.nowMs) ?? 0;
      if (Math.min(positionAtMs, ordersAtMs) < departedMs) stale += 1;
    },
    during: async (check, { method, endpoint }, send) => {
      if (check === undefined || method !== 'POST') return send(() => undefined);
      const { ref, lane: name, token } = check;
      const nowMs = Date.now();
      const own = { lane: `${ref.monitorId}:${name}`, token, isAmend: endpoint.includes('amend'), departedMs: nowMs };
      for (const other of underWay) {
        // An amend is not absolute: beside another request of the lane, the one that lands last would decide.
        const isAlive = nowMs - other.departedMs <= RECV_WINDOW_MS;
        if (own.isAmend && isAlive && other.lane === own.lane && other.token !== token) overlaps += 1;
      }
      const place = placeOf(ref);
      departuresMs.set(place, [...(departuresMs.get(place) ?? []), nowMs]);
      underWay.add(own);
      return send(() => underWay.delete(own)).finally(() => underWay.delete(own));
    },
  };
}
