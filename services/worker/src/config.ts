import { processConfig } from '@backstop/runtime';
import { z } from 'zod';

/** A worker's environment. */
export const workerConfig = processConfig.extend({
  /** Base URL of the exchange's REST interface. */
  BACKSTOP_EXCHANGE_URL: z.url(),
  /** JSON file {"accounts":[{"name","apiKey","secret"}]}, readable by its owner only. */
  BACKSTOP_ACCOUNTS_FILE: z.string().min(1),
  /** Which queues this process serves. */
  BACKSTOP_LANES: z
    .string()
    .default('tp-sl,limit-order')
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(['tp-sl', 'limit-order'])).min(1)),
  /** Checks at once, per queue. */
  WORKER_CONCURRENCY: z.coerce.number().int().min(1).max(200).default(20),
  /** Sockets to the exchange, of all accounts together. */
  BACKSTOP_MAX_SOCKETS: z.coerce.number().int().min(2).max(256).default(32),
});

export type WorkerConfig = z.infer<typeof workerConfig>;
