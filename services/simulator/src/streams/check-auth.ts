import type { Account } from '../engine/model.ts';
import type { Venue } from '../engine/venue.ts';
import { isSignedBy } from '../http/authenticate.ts';

export type AuthFault = 'malformed' | 'unknown-key' | 'expired' | 'bad-signature';

/**
 * Checks `[apiKey, expires, signature]` of an auth frame (reference A.7): `expires` is a number or a text of milliseconds
 * and has to lie ahead of one of the clocks.
 */
export function checkAuth(venue: Venue, args: readonly unknown[], clocksMs: readonly number[]): Account | AuthFault {
  const [key, expires, signature] = args;
  if (typeof key !== 'string' || typeof signature !== 'string') return 'malformed';
  if (typeof expires !== 'string' && typeof expires !== 'number') return 'malformed';
  const expiresMs = Number(expires);
  if (!Number.isSafeInteger(expiresMs)) return 'malformed';
  const account = venue.accountsByKey.get(key);
  if (account === undefined) return 'unknown-key';
  if (!clocksMs.some((nowMs) => expiresMs > nowMs)) return 'expired';
  const origin = Buffer.from(`GET/realtime${expires}`);
  return isSignedBy(account, origin, signature) ? account : 'bad-signature';
}
