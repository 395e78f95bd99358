import { decimal, type Adoption } from '@backstop/core';
import { openReceipts, refreshAccount } from '@backstop/desk';
import type { adoptPositions } from '@backstop/maintenance/tasks/adopt-positions';
import { openFleetMetrics, openMetrics } from '@backstop/runtime';
import { bucketOf, outboxNonce, type Archive } from '@backstop/store';
import type { DeskRig } from './desk-rig.ts';
import type { Seat } from './seat.ts';

export const PROTECT: Adoption = { mode: 'protect-only', stopDistance: decimal('0.1') };
export const MANAGE: Adoption = {
  mode: 'manage',
  template: {
    stopDistance: decimal('0.1'),
    takeProfits: [
      { distance: decimal('0.1'), share: decimal('0.6') },
      { distance: decimal('0.2'), share: decimal('0.4') },
    ],
  },
};

export type AdopterDeps = Parameters<typeof adoptPositions>[0];

/** What a maintenance process that has just started has for adopting positions of `main`; `other` is to be ignored. */
export async function adopterDeps(
  { redis, log }: Pick<DeskRig, 'redis' | 'log'>,
  { exchangeOf, installation }: Seat,
  { archive, adoption }: { readonly archive: Archive; readonly adoption: Adoption },
): Promise<AdopterDeps> {
  const parts = { redis, exchangeOf, installation, receipts: openReceipts(), wake: () => Promise.resolve() };
  const bucket = bucketOf('main');
  return {
    redis,
    archive,
    log,
    accounts: ['main', 'other'],
    refresh: (account, signal) => refreshAccount(account, signal, parts),
    adoptionOf: (account) => (account === 'main' ? adoption : { mode: 'ignore' }),
    askedAtMs: new Map(),
    lives: new Map([[bucket, await outboxNonce(redis, bucket)]]),
    fleet: openFleetMetrics(openMetrics('test')),
  };
}
