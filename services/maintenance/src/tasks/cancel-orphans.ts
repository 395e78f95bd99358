import { parseOrderLinkId, type Exchange } from '@backstop/core';
import { onLane } from '@backstop/desk';
import { forgetOrphan, listOrphans, type Orphan } from '@backstop/store';
import type { TaskDeps } from './task.ts';

type OrphanDeps = Pick<TaskDeps, 'redis' | 'archive' | 'accounts' | 'exchangeOf' | 'log'>;

/** A candidate must have been seen for this long, by listings that are complete, before anything is asked about it. */
const PROVEN_AFTER_MS = 30_000;
/** At most this many a pass and account: a fault of ours must not clear a book (F-34). */
const MOST_PER_PASS = 5;

/**
 * Cancels orders of ours that no plan wants, and only with proof: seen in complete listings for 30 s, its plan known and
 * closed, and still working in a direct look-up just now. An order whose plan is unknown is reported and left alone.
 */
export async function cancelOrphans(
  deps: OrphanDeps,
  signal: AbortSignal,
  provenAfterMs = PROVEN_AFTER_MS,
): Promise<void> {
  for (const account of deps.accounts) {
    await cancelOf(account, { ...deps, provenAfterMs }, signal).catch((error: unknown) =>
      deps.log.warn({ account, err: error }, 'orphans not settled'),
    );
  }
}

async function cancelOf(
  account: string,
  { redis, archive, log, exchangeOf, provenAfterMs }: OrphanDeps & { readonly provenAfterMs: number },
  signal: AbortSignal,
): Promise<void> {
  let cancelled = 0;
  for (const orphan of await listOrphans(redis, account, provenAfterMs)) {
    const told = { account, symbol: orphan.symbol, orderLinkId: orphan.orderLinkId };
    const planId = parseOrderLinkId(orphan.orderLinkId)?.planId;
    if (planId === undefined || !(await archive.isClosed(planId))) {
      log.warn(told, 'order of an unknown plan left alone');
      continue;
    }
    if (cancelled === MOST_PER_PASS) return;

    cancelled += 1;
    await settle(account, orphan, { redis, exchangeOf }, signal).then(
      () => log.info(told, 'orphan order cancelled'),
      (error: unknown) => log.warn({ ...told, err: error }, 'orphan order not settled'), // the others are not its business
    );
  }
}

async function settle(
  account: string,
  orphan: Orphan,
  { redis, exchangeOf }: Pick<TaskDeps, 'redis' | 'exchangeOf'>,
  signal: AbortSignal,
): Promise<void> {
  await onLane({ lane: 'clean-up', prepaid: false, maxWaitMs: 5_000 }, () =>
    cancelIfWorking(exchangeOf(account), orphan, signal),
  );
  await forgetOrphan(redis, account, orphan.orderLinkId);
}

async function cancelIfWorking(
  exchange: Exchange,
  { symbol, orderLinkId }: Orphan,
  signal: AbortSignal,
): Promise<void> {
  const order = await exchange.findOrder({ symbol, orderLinkId }, { signal });
  if (order === undefined || order.leavesQty === 0n) return;
  const [reply] = await exchange.cancelOrders([{ symbol, orderId: order.orderId }], {
    signal,
    beforeSend: async () => {},
  });
  if (reply?.ok === false && reply.error.reason !== 'unknown-order') throw reply.error;
}
