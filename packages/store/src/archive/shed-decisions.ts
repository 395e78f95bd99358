/** Beyond this much waiting for the archive, decisions are left out; events, states and executions never are. */
export const OUTBOX_LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * Whether decisions are to be dropped instead of entering the outbox, given what waits there over all buckets (bytes): the
 * archive is down or behind, and Redis must hold what cannot be rebuilt. The caller counts what it drops.
 */
export function shedDecisions(outboxBytes: number): boolean {
  return outboxBytes > OUTBOX_LIMIT_BYTES;
}
