import type { Exchange } from '@backstop/core';
import type { DeskDeps, Receipts } from '@backstop/desk';
import type { Notes } from '@backstop/runtime';
import { peekInstallation, type Queues, type Redis } from '@backstop/store';

/** What reads of a whole account stand on, beside the letters of the installation. */
export interface ReadParts {
  readonly redis: Redis;
  readonly exchangeOf: (account: string) => Exchange;
  readonly queues: Pick<Queues, 'wake'>;
  readonly receipts: Receipts;
  readonly log: Notes;
}

type ReadDeps = Pick<DeskDeps, 'redis' | 'installation' | 'exchangeOf' | 'receipts' | 'wake' | 'log'>;

/** The same with the letters by which orphans are known; without any none is. Executions are booked by those of that moment. */
export async function readDeps({ queues, ...parts }: ReadParts): Promise<ReadDeps> {
  return {
    ...parts,
    installation: (await peekInstallation(parts.redis)) ?? '',
    wake: (ref, lane) => queues.wake(ref, lane, 'event', 'waiter'),
  };
}
