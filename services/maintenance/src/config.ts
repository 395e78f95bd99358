import { processConfig } from '@backstop/runtime';
import { z } from 'zod';

/** Maintenance's environment. Exactly one of DATABASE_URL and BACKSTOP_ARCHIVE_DIR says where the archive is. */
export const maintenanceConfig = processConfig.extend({
  /** Postgres, where processes of their own keep the archive. */
  DATABASE_URL: z.url().optional(),
  /** Folder of an embedded archive, opened by this process alone. */
  BACKSTOP_ARCHIVE_DIR: z.string().min(1).optional(),
  BACKSTOP_EXCHANGE_URL: z.url(),
  BACKSTOP_ACCOUNTS_FILE: z.string().min(1),
  /** What becomes of positions that no plan opened; without it they are left alone. */
  BACKSTOP_ADOPTION_FILE: z.string().min(1).optional(),
});

export type MaintenanceConfig = z.infer<typeof maintenanceConfig>;
