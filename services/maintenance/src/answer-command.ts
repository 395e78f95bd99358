import type { Archive, MaintenanceCommand, Redis } from '@backstop/store';
import { drainAll } from './tasks/drain-outbox.ts';

/**
 * Carries out an operator's command; what it returns is the reply. `persist` returns when everything is durable.
 * `known-plans` archives everything first: a plan that was accepted a moment ago is known too.
 */
export async function answerCommand(
  command: MaintenanceCommand,
  { redis, archive }: { readonly redis: Redis; readonly archive: Archive },
): Promise<Readonly<Record<string, unknown>>> {
  switch (command.type) {
    case 'persist': {
      const drained = await drainAll(redis, archive);
      return { drained, ...(await archive.counts()) };
    }
    case 'known-plans': {
      await drainAll(redis, archive);
      return { ...(await archive.knownPlans(command.ids)) };
    }
    default:
      throw new Error(`unknown command: ${JSON.stringify(command satisfies never)}`);
  }
}
