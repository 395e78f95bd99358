import { z } from 'zod';
import type { Account, Instrument } from '../engine/model.ts';
import type { Venue } from '../engine/venue.ts';

/** The account that a control body names in its field `account`; a ZodError about that field when there is none. */
export function accountOf({ accounts }: Venue, name: string): Account {
  return accounts.get(name) ?? unknown('account', `no account ${name}`);
}

/** The contract that a control body names in its field `symbol`; a ZodError about that field when it is not listed. */
export function instrumentOf({ instruments }: Venue, symbol: string): Instrument {
  return instruments.get(symbol) ?? unknown('symbol', `no instrument ${symbol}`);
}

function unknown(field: string, message: string): never {
  throw new z.ZodError([{ code: 'custom', path: [field], message, input: undefined }]);
}
