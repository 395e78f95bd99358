import { z } from 'zod';
import { parse } from '../call.ts';
import type { Answer, Call } from '../call.ts';

const actionBody = z.object({
  category: z.enum(['linear', 'inverse', 'spot'], 'category invalid'),
  modifyEnable: z.boolean(),
});

/** POST /v5/account/set-limit-px-action (reference C.4): whether limit orders beyond the band are re-priced or refused. */
export function setLimitPriceAction({ account, input }: Call): Answer {
  const { category, modifyEnable } = parse(actionBody, input);
  if (category !== 'spot') account.limitBeyondBand = modifyEnable ? 'reprice' : 'refuse';
  return { result: {}, retMsg: 'success' };
}

/** GET /v5/account/user-setting-config (reference C.4): `lpaPerp` false = re-priced; spot is always refused. */
export function userSettings({ account, engine }: Call): Answer {
  const { limitBeyondBand = engine.venue.options.limitBeyondBand } = account;
  return { result: { lpaSpot: true, lpaPerp: limitBeyondBand === 'refuse', smsef: false, fmsef: false } };
}
