import { accountKeys, type AccountKeys } from './keys.ts';
import { remembering } from './remembered.ts';

/** `accountKeys`, made once per process and account: for what is done thousands of times a second. */
export const keptKeys: (account: string) => AccountKeys = remembering(accountKeys);
