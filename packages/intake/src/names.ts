import { z } from 'zod';

/** Safe in keys, paths, variables and members of sets: no `|`, `:`, `/` or space. */
export const accountName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'expected an account name: lower-case letters, digits and -, at most 32');

/** Like an account's name; its first letter keeps it from looking like a number. */
export const groupName = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,31}$/,
    'expected a group name: lower-case letters, digits and -, a letter first, at most 32',
  );

export const symbolName = z.string().regex(/^[A-Z0-9]{2,32}$/, 'expected a symbol such as BTCUSDT');
