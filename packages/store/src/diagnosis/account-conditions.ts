import { SKEW_TOLD_MS, type AccountPicture } from '../account-picture.ts';
import type { StandingBlock } from '../budget-blocks.ts';
import { WRITES } from '../key-refusals.ts';

/** A level that holds for an account now. Times are Redis time, ms; `sinceMs` undefined = it is not known since when. */
export interface AccountCondition {
  readonly name: 'KeyRefused' | 'Paused' | 'Blind' | 'RateLimited' | 'Skew';
  readonly sinceMs: number | undefined;
  /** When it was last seen to hold. */
  readonly lastMs: number;
  readonly detail: string;
  readonly next: string;
}

/** Failed reads in a row from which on nobody waits for the next one in silence. */
const BLIND_AFTER = 3;

/** The conditions of an account that the store knows of: its key, its reads, what its call budget holds back. Pure. */
export function accountConditions(account: AccountPicture, nowMs: number): readonly AccountCondition[] {
  return [
    ...keyRefused(account),
    ...paused(account, nowMs),
    ...blind(account, nowMs),
    ...rateLimited(account, nowMs),
    ...skew(account, nowMs),
  ];
}

function keyRefused({ keyRefusal }: AccountPicture): AccountCondition[] {
  if (keyRefusal === undefined) return [];
  const { sinceMs, lastMs, count, why } = keyRefusal;
  const next = 'asked again now and then; stops stand on the exchange. Make a new key and restart the workers';
  return [{ name: 'KeyRefused', sinceMs, lastMs, detail: `${count} requests refused, at last with: ${why}`, next }];
}

/**
 * The account does not go on as it should: its key was refused lately, to a read or a write, or this address is banned (DESIGN
 * section 7). Only refused writes hold writes back, for a while.
 */
function paused({ keyRefusal, blocks }: AccountPicture, nowMs: number): AccountCondition[] {
  const address = blocks.find(({ scope }) => scope === 'address');
  if (address !== undefined) {
    const detail = 'the exchange takes no request from this address';
    return [
      { name: 'Paused', sinceMs: undefined, lastMs: nowMs, detail, next: `it goes on in ${seconds(address.forMs)}` },
    ];
  }
  if (keyRefusal === undefined) return [];
  const { sinceMs, lastMs } = keyRefusal;
  const waitMs = Math.max(0, ...blocks.filter(isPausedWrite).map(({ forMs }) => forMs));
  const next =
    waitMs === 0
      ? 'the next check that has something to send sends it'
      : `writes are held back for at most ${seconds(waitMs)}, then tried again`;
  const detail = 'its key is refused: it gets nothing done with that key, other accounts go on';
  return [{ name: 'Paused', sinceMs, lastMs, detail, next }];
}

function isPausedWrite({ scope }: StandingBlock): boolean {
  return WRITES.some((endpoint) => endpoint === scope);
}

function blind({ readFailures }: AccountPicture, nowMs: number): AccountCondition[] {
  const { count, sinceMs, lastMs = nowMs, why, untilMs } = readFailures;
  if (count < BLIND_AFTER) return [];
  const next = untilMs === undefined ? 'read again with the next check' : `read again in ${seconds(untilMs - nowMs)}`;
  const detail = `${count} reads have failed in a row${why === '' ? '' : `, at last with: ${why}`}; nothing is decided`;
  return [{ name: 'Blind', sinceMs, lastMs, detail, next }];
}

function rateLimited({ blocks, keyRefusal }: AccountPicture, nowMs: number): AccountCondition[] {
  const limited = blocks.filter((block) => keyRefusal === undefined || !isPausedWrite(block));
  return limited.map(({ scope, forMs }) => ({
    name: 'RateLimited',
    sinceMs: undefined,
    lastMs: nowMs,
    detail: `requests of ${scope === 'account' ? 'the account' : scope === 'address' ? 'all accounts' : `class ${scope}`} are held back`,
    next: `they go on in ${seconds(forMs)}`,
  }));
}

function skew({ clockSkewMs }: AccountPicture, nowMs: number): AccountCondition[] {
  if (Math.abs(clockSkewMs) <= SKEW_TOLD_MS) return [];
  const detail = `the clock of a worker is off the exchange's by ${clockSkewMs} ms`;
  const next = 'requests may be refused as too old; beyond 750 ms the worker is not ready. Set the clock (NTP)';
  return [{ name: 'Skew', sinceMs: undefined, lastMs: nowMs, detail, next }];
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
