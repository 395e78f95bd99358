import { ExchangeError } from '@backstop/core';
import { isUnreadable, type Audited } from '@backstop/desk';
import { sleep, type Notes } from '@backstop/runtime';
import type { DriftCandidate } from '@backstop/store';
import type { LastFrames } from './last-frames.ts';

/** The first audit: what happened just before a connection stood may not have been in the lists yet (reference C.21). */
const FIRST_MS = 3_000;
/** How often positions of an account in sync are compared with the exchange. Rows live for 60 s without it. */
const EVERY_MS = 15_000;
/** Each so many audits the orders too: each 30 s, and each 120 s after four in which nothing differed. Theirs live for 180 s. */
const WHOLE_EACH = 2;
const PROVEN_WHOLE_EACH = 8;
const PROVEN_AFTER = 4;
/** Each so many audits the executions, so that a read after a loss of the stream finds few: each 5 min. */
const EXECUTIONS_EACH = 20;
/** Part of the period by which one audit comes sooner or later than the next. */
const JITTER = 0.2;
/** A frame that comes within this was only late. */
const LATE_MS = 1_000;
/** An audit that could not be made is tried again after this; one that there was no budget for, after a period: others need it now. */
const AGAIN_MS = 2_000;

export interface AuditDeps {
  readonly positions: (signal: AbortSignal) => Promise<Audited>;
  readonly whole: (signal: AbortSignal) => Promise<Audited>;
  /** In place of a whole listing with a row that cannot be read. */
  readonly symbols: (signal: AbortSignal) => Promise<unknown>;
  readonly executions: (signal: AbortSignal) => Promise<unknown>;
  readonly lastFrames: LastFrames;
  /** A row that was vouched for was not what the exchange listed, and no frame has told of it. */
  readonly drifted: (candidate: DriftCandidate) => void;
  readonly account: string;
  readonly log: Notes;
  /** Whether accounts of this process are being read to get in sync: the first audit waits for that, a period at most. */
  readonly isJoining?: () => boolean;
  /** In place of the real periods. */
  readonly everyMs?: number;
}

/** With the periods that count. */
type TimedAudits = AuditDeps & { readonly firstMs: number; readonly everyMs: number };

/**
 * Compares what an account's stream vouches for with what the exchange lists, until the signal aborts. What differs is drift
 * where no frame for that place has come since the audit began, one second later.
 */
export async function auditRows(signal: AbortSignal, deps: AuditDeps): Promise<void> {
  const { everyMs = EVERY_MS, everyMs: firstMs = FIRST_MS } = deps;
  const timed = { ...deps, firstMs, everyMs };
  let clean = 0;
  for (let nth = 0; await (nth === 0 ? untilFirst(signal, timed) : sleep(jittered(everyMs), signal)); nth += 1) {
    const isWhole = nth % (clean >= PROVEN_AFTER ? PROVEN_WHOLE_EACH : WHOLE_EACH) === 0;
    const drift = await auditOnce(isWhole, signal, timed);
    if (drift === undefined || drift > 0) clean = 0;
    else if (isWhole) clean += 1;
    if (nth % EXECUTIONS_EACH === EXECUTIONS_EACH - 1) await tried(deps.executions(signal), deps);
  }
}

/** Resolves when the first audit has its time; with false when the signal aborted. */
async function untilFirst(signal: AbortSignal, timed: TimedAudits): Promise<boolean> {
  const { firstMs, everyMs, isJoining = () => false } = timed;
  let leftMs = everyMs;
  do {
    if (!(await sleep(jittered(firstMs), signal))) return false;
    leftMs -= firstMs;
  } while (leftMs > 0 && isJoining());
  return true;
}

/** Resolves with how many rows had drifted; undefined = that is not known, for not all of it can be read. */
async function auditOnce(isWhole: boolean, signal: AbortSignal, deps: TimedAudits): Promise<number | undefined> {
  for (;;) {
    const startedMs = performance.now();
    const found = await tried(compared(isWhole, signal, deps), deps);
    if (signal.aborted) return 0;
    if (found === 'unreadable') return undefined;
    if (found !== undefined && found !== 'put-off') return confirm(found, startedMs, signal, deps);
    const againMs = found === 'put-off' ? deps.everyMs : AGAIN_MS;
    if (!(await sleep(jittered(againMs), signal))) return 0;
  }
}

/** A listing with a row that cannot be read is not asked for again at once; what else it holds is then read symbol by symbol. */
async function compared(isWhole: boolean, signal: AbortSignal, deps: AuditDeps): Promise<Audited | 'unreadable'> {
  try {
    return await (isWhole ? deps.whole(signal) : deps.positions(signal));
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    deps.log.warn({ account: deps.account, why: error.message }, 'audit cannot be read');
    if (isWhole) await deps.symbols(signal);
    return 'unreadable';
  }
}

async function confirm(
  candidates: readonly DriftCandidate[],
  startedMs: number,
  signal: AbortSignal,
  { lastFrames, drifted }: AuditDeps,
): Promise<number> {
  if (candidates.length === 0 || !(await sleep(LATE_MS, signal))) return 0; // a stream that was lost has to be read anew anyhow
  const confirmed = candidates.filter((candidate) => !lastFrames.hasSince(candidate, startedMs));
  for (const candidate of confirmed) drifted(candidate);
  return confirmed.length;
}

/** What our own side refused, for want of budget, is nothing to warn of. */
async function tried<T>(reading: Promise<T>, { account, log }: AuditDeps): Promise<T | 'put-off' | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof ExchangeError && error.reason === 'not-sent') {
      log.info({ account, why: error.message }, 'audit put off');
      return 'put-off';
    }
    log.warn({ account, err: error }, 'audit failed');
    return undefined;
  }
}

function jittered(ms: number): number {
  return ms * (1 + JITTER * (Math.random() - 0.5));
}
