import { z } from 'zod';
import { LOG_LEVELS } from './log.ts';

/** The environment that every service reads, to be extended by its own. */
export const processConfig = z.object({
  REDIS_URL: z.url(),
  /** Unique among the processes that run; shown by `backstop status`. */
  BACKSTOP_PROCESS_NAME: z.string().min(1).default(`process-${process.pid}`),
  BACKSTOP_LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
  /** Of /metrics, /healthz and /readyz, on 127.0.0.1; 0 = any free port. */
  BACKSTOP_HEALTH_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
});

export type ProcessConfig = z.output<typeof processConfig>;
