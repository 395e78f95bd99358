import { z } from 'zod';

/** What an operator token may look like: it has to fit into a header as it is, and must not be guessed. */
export const operatorTokenText = z
  .string()
  .regex(/^[\x21-\x7e]{16,256}$/, 'expected 16 to 256 visible ASCII characters without spaces');
