import { hostname } from 'node:os';
import { z } from 'zod';
import { LOG_LEVELS } from './log.ts';

/** The environment that every service reads, to be extended by its own. */
export const processConfig = z.object({
  REDIS_URL: z.url(),
  /** Unique among the processes that run, on all hosts; shown by `backstop status`. */
  BACKSTOP_PROCESS_NAME: z.string().min(1).default(`${hostname()}-${process.pid}`),
  BACKSTOP_LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
  /** Of /metrics, /healthz and /readyz; 0 = any free port. */
  BACKSTOP_HEALTH_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  /** Where they listen: this machine alone, or 0.0.0.0 in a container, whose network is its own. */
  BACKSTOP_HEALTH_HOST: z.string().min(1).default('127.0.0.1'),
});

export type ProcessConfig = z.output<typeof processConfig>;
