import { openQueues } from '@backstop/store';
import type { VerbContext } from './context.ts';
import { openInstallation } from './installation.ts';
import { table } from './table.ts';

const LIMIT_MS = 30_000;

/** `backstop persist`: has maintenance bring everything into the archive, and tells what is durable then. */
export async function persist(context: VerbContext): Promise<void> {
  await using installation = await openInstallation(context);
  await using queues = openQueues(installation.redisUrl);
  const reply = await queues.ask({ type: 'persist' }, { timeoutMs: LIMIT_MS });
  const facts = typeof reply === 'object' && reply !== null ? Object.entries(reply) : [];
  context.print('everything up to now is durable');
  context.print(
    table(
      ['archived', ''],
      facts.map(([name, value]) => [name, String(value)]),
    ),
  );
}
