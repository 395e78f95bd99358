import { landPositions, listActive, type DriftCandidate, type Landed } from '@backstop/store';
import type { FlightEnd, Flown } from './attempt-flight.ts';
import type { DeskDeps } from './desk.ts';
import { flyAccount } from './fly-account.ts';
import { flyAtOnce } from './fly-at-once.ts';
import { flyExecutions } from './fly-executions.ts';
import type { Flight } from './take-off.ts';

/** An audit gives way to everybody: it may wait as long as nobody needs it, and what it does not get then, the next one may. */
const AUDIT = { lane: 'audit', maxWaitMs: 2_000 } as const;

/** Where the cache, vouched for by a live stream, was not what the exchange lists; undefined = it was not read. */
export type Audited = readonly DriftCandidate[] | undefined;

type AuditDeps = Pick<DeskDeps, 'redis' | 'installation' | 'exchangeOf' | 'receipts' | 'wake' | 'log'>;

/**
 * Reads the positions of an account that a stream keeps current, with the least right to the budget, and lands them: what they
 * say counts. Not read while somebody else does or while reads of the account rest. Rejects when the exchange or Redis does wrong.
 */
export async function auditPositions(account: string, signal: AbortSignal, deps: AuditDeps): Promise<Audited> {
  const pilot = async (flight: Flight): Promise<Landed> => {
    const positions = await deps.exchangeOf(account).positions({}, { signal });
    const places = await listActive(deps.redis, account);
    return landPositions(deps.redis, account, { ...flight, positions, places });
  };
  return driftOf(await flyAtOnce({ ...AUDIT, account, scope: 'positions', pilot }, deps));
}

/** Reads positions and orders of an account in the same way, and takes note of what no plan attends. */
export async function auditAccount(account: string, signal: AbortSignal, deps: AuditDeps): Promise<Audited> {
  const pilot = (flight: Flight): Promise<Landed> => flyAccount({ account, signal }, flight, deps);
  return driftOf(await flyAtOnce({ ...AUDIT, account, scope: 'account', pilot }, deps));
}

/**
 * Reads what the account executed since the last such read, so that the next one after a loss of the stream finds little.
 * Resolves with whether it was read.
 */
export async function auditExecutions(account: string, signal: AbortSignal, deps: AuditDeps): Promise<boolean> {
  const pilot = (flight: Flight): Promise<Flown> => flyExecutions({ account, signal }, flight, deps);
  const { end } = await flyAtOnce({ ...AUDIT, account, scope: 'executions', pilot }, deps);
  return end === 'flown';
}

function driftOf(audit: FlightEnd<Landed>): Audited {
  return audit.end === 'flown' ? audit.flown.drift : undefined;
}
