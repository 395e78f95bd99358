import { processConfig } from '@backstop/runtime';
import { z } from 'zod';

/** A stream process's environment. */
export const streamConfig = processConfig.extend({
  /** Base URL of the exchange's REST interface. */
  BACKSTOP_EXCHANGE_URL: z.url(),
  /** URL of its private stream; without it the one that belongs to the REST interface. */
  BACKSTOP_STREAM_URL: z.url({ protocol: /^wss?$/ }).optional(),
  /** JSON file {"accounts":[{"name","apiKey","secret"}]}, readable by its owner only. */
  BACKSTOP_ACCOUNTS_FILE: z.string().min(1),
  /** Sockets for reads of the exchange, of all accounts together; each account has one more for its stream. */
  BACKSTOP_MAX_SOCKETS: z.coerce.number().int().min(2).max(256).default(16),
});

export type StreamConfig = z.infer<typeof streamConfig>;
