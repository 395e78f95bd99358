import type { Archive, MaintenanceCommand, Redis } from '@backstop/store';
import { drainAll } from './tasks/drain-outbox.ts';

/** Carries out an operator's command; what it returns is the reply. `persist` returns when everything is durable. */
export async function answerCommand(
  { type }: MaintenanceCommand,
  { redis, archive }: { readonly redis: Redis; readonly archive: Archive },
): Promise<Readonly<Record<string, number>>> {
  switch (type) {
    case 'persist': {
      const drained = await drainAll(redis, archive);
      return { drained, ...(await archive.counts()) };
    }
    default:
      throw new Error(`unknown command: ${String(type satisfies never)}`);
  }
}
