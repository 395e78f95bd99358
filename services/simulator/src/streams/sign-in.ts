import type { Account } from '../engine/model.ts';
import { Refusal } from '../engine/refusal.ts';
import { checkKey } from '../http/authenticate.ts';
import type { Simulator } from '../simulator.ts';
import { checkAuth } from './check-auth.ts';
import type { Connection } from './connection.ts';

/** Why a connection was not authenticated. Trade streams say the code and the text, private ones the text. */
export interface AuthRefusal {
  readonly retCode: number;
  readonly text: string;
}

/** Authenticates a connection (reference A.7). `silent`: a fault keeps the exchange from answering. */
export function signIn(
  simulator: Simulator,
  connection: Connection,
  args: readonly unknown[],
): 'ok' | 'silent' | AuthRefusal {
  const account = provenAccount(simulator, connection, args);
  if ('retCode' in account) return account;
  const nowMs = simulator.clock.nowMs();
  const faults = simulator.faults.strikeSocket({ account: account.name, endpoint: connection.at.path, nowMs });
  if (faults.length > 0) {
    if (faults.some(({ kind }) => kind === 'socket-cut')) connection.cut();
    if (faults.some(({ kind }) => kind === 'half-open')) connection.freeze();
    return 'silent';
  }
  if (connection.account === '' && hasTooMany(simulator, connection, account.uid)) {
    return { retCode: 10003, text: 'Too many sessions under the same UID' };
  }
  connection.account = account.name;
  return 'ok';
}

/** The account that the frame proves to be; a connection that has one keeps it. */
function provenAccount(
  { engine, clock, streams }: Simulator,
  connection: Connection,
  args: readonly unknown[],
): Account | AuthRefusal {
  const nowMs = clock.nowMs();
  const checked = checkAuth(engine.venue, args, clock.isVirtual ? [nowMs, Date.now()] : [nowMs]);
  if (checked === 'unknown-key') return { retCode: 10004, text: 'API key is invalid.' };
  if (typeof checked === 'string') {
    return { retCode: checked === 'bad-signature' ? 10004 : 10001, text: streams.options.authFailedText };
  }
  const isOther = connection.account !== '' && connection.account !== checked.name;
  if (isOther) return { retCode: 20001, text: 'Repeated auth' };
  try {
    checkKey(checked, connection.address, nowMs);
    return checked;
  } catch (error) {
    if (error instanceof Refusal) return { retCode: error.retCode, text: error.message };
    throw error;
  }
}

function hasTooMany({ streams, engine }: Simulator, { at }: Connection, uid: number): boolean {
  const most = streams.options.sessionsPerUid;
  if (most === 0) return false;
  const sessions = [...streams.registry.connections].filter(
    (other) => other.at.kind === at.kind && engine.venue.accounts.get(other.account)?.uid === uid,
  );
  return sessions.length >= most;
}
