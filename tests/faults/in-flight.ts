import type { Check, Facts, Reading } from '@backstop/desk';
import type { HttpRequest } from '@backstop/simulator';
import type { TrueAccount } from './fills.ts';
import { shownBy, type IsShown } from './writes-shown.ts';

function placeOf({ account, symbol, positionIdx }: Check['ref']): string {
  return `${account}:${symbol}:${positionIdx}`;
}

interface UnderWay {
  readonly lane: string;
  readonly token: string;
  readonly isAmend: boolean;
  readonly departedMs: number;
}

/** A write, with what it came to when it had its effect: until then, nothing shows it. */
interface Written {
  readonly departedMs: number;
  readonly what: string;
  isShown: IsShown | undefined;
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
   * are stale, unless frames have brought the rows to where the write left them. What leaves later, while the one that decides
   * stands still, is the fence's business.
   */
  readonly decideOn: (check: Check, reading: Reading) => void;
  readonly counts: () => { readonly overlaps: number; readonly stale: number };
}

/** `accountOf` is the exchange's truth, against which rows are held that frames have changed: where there are no streams, none. */
export function openInFlight(
  accountOf: (name: string) => TrueAccount | undefined = () => undefined,
  tell: (line: string) => void = () => undefined,
): InFlight {
  const underWay = new Set<UnderWay>();
  const written = new Map<string, Written[]>();
  let overlaps = 0;
  let stale = 0;
  const leave = ({ ref }: Check, request: HttpRequest, departedMs: number): (() => void) => {
    const write: Written = { departedMs, what: `${request.endpoint} ${request.body.toString()}`, isShown: undefined };
    written.set(placeOf(ref), [...(written.get(placeOf(ref)) ?? []), write]);
    return () => {
      const account = accountOf(ref.account);
      write.isShown = account && shownBy(request, account);
    };
  };
  return {
    counts: () => ({ overlaps, stale }),
    decideOn: (check, reading) => {
      if (reading.kind !== 'facts' || reading.dirty) return;
      const missed = (written.get(placeOf(check.ref)) ?? []).find((write) => isMissed(write, reading));
      if (missed === undefined) return;
      stale += 1;
      tell(`stale: ${check.ref.monitorId}:${check.lane} knows nothing of ${missed.what} of ${missed.departedMs}`);
    },
    during: async (check, request, send) => {
      const { method, endpoint } = request;
      if (check === undefined || method !== 'POST') return send(() => undefined);
      const { ref, lane: name, token } = check;
      const nowMs = Date.now();
      const own = { lane: `${ref.monitorId}:${name}`, token, isAmend: endpoint.includes('amend'), departedMs: nowMs };
      for (const other of underWay) {
        // An amend is not absolute: beside another request of the lane, the one that lands last would decide.
        const isAlive = nowMs - other.departedMs <= RECV_WINDOW_MS;
        if (own.isAmend && isAlive && other.lane === own.lane && other.token !== token) overlaps += 1;
      }
      const arrive = leave(check, request, nowMs);
      underWay.add(own);
      return send(() => {
        underWay.delete(own);
        arrive();
      }).finally(() => underWay.delete(own));
    },
  };
}

/** It left after the rows were read and before they were looked at, and no frame has told what it came to. */
function isMissed({ departedMs, isShown }: Written, { rows, snapshot, nowMs }: Facts): boolean {
  const { position, orders } = rows;
  if (departedMs <= Math.min(position.startMs, orders.startMs) || departedMs > nowMs) return false;
  const isTold = snapshot.streamed === true || position.patched || orders.patched;
  return !isTold || isShown?.(snapshot) !== true;
}
