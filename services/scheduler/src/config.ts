import { processConfig } from '@backstop/runtime';
import { z } from 'zod';

/** A scheduler's environment. */
export const schedulerConfig = processConfig.extend({
  /** How often the due sets are looked at, ms. */
  SCHEDULER_TICK_MS: z.coerce.number().int().min(10).max(5_000).default(50),
  /** A sweep starts this long after the one before it started, ms. */
  SCHEDULER_ROUND_MS: z.coerce.number().int().min(1_000).max(300_000).default(15_000),
  /** Checks at once over all workers, per queue: twice as many sweep jobs may wait. */
  FLEET_CONCURRENCY: z.coerce.number().int().min(1).max(10_000).default(40),
});

export type SchedulerConfig = z.infer<typeof schedulerConfig>;
