/** What the `maintenance` queue can be asked for. `persist`: bring everything into the archive now, reply when it is durable. */
export type MaintenanceCommand = { readonly type: 'persist' };

export const MAINTENANCE_QUEUE = 'maintenance';

/** Replies stay for a while, so that one who asks cannot miss them; a command never runs twice. */
export const MAINTENANCE_JOB_OPTIONS = {
  attempts: 1,
  removeOnComplete: { age: 60, count: 100 },
  removeOnFail: { age: 86_400, count: 100 },
} as const;
