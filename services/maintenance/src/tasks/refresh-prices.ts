import { isOutrun, LANES, type Prices } from '@backstop/core';
import { onLane } from '@backstop/desk';
import {
  ALL_BUCKETS,
  glance,
  peekCheck,
  putPrices,
  readStreams,
  redisTimeMs,
  setDueNow,
  toSnapshot,
  type Glance,
} from '@backstop/store';
import { inBatches } from '../in-batches.ts';
import { isReached } from '../is-reached.ts';
import type { TaskDeps } from './task.ts';

type PriceDeps = Pick<TaskDeps, 'redis' | 'accounts' | 'exchangeOf' | 'count'>;

/**
 * One call fetches all prices; each bucket gets a copy, since a check reads its bucket only (DESIGN section 5). Monitors
 * whose rows the market has overtaken are due at once: something of theirs has very likely filled. Where a synced stream tells of
 * fills, only the stop is not left to it (S-06), so that no order is looked at there (docs/adr/0017).
 */
export async function refreshPrices(deps: PriceDeps, signal: AbortSignal): Promise<void> {
  const { redis, accounts, exchangeOf } = deps;
  const [account] = accounts;
  if (account === undefined) return;

  const atMs = await redisTimeMs(redis); // before the call: a price is never shown younger than it is
  // Exits and re-reads hang on prices: one call each 5 s, with the right of a protective one.
  const tickers = await onLane({ lane: 'protective', prepaid: false, maxWaitMs: 2_000 }, () =>
    exchangeOf(account).tickers({ signal }),
  );
  const prices = new Map<string, Prices>([...tickers].map(([symbol, price]) => [symbol, { ...price, atMs }]));
  await Promise.all(ALL_BUCKETS.map((bucket) => putPrices(redis, bucket, prices)));
  for (const { account: name, synced } of await readStreams(redis, accounts)) {
    if (signal.aborted) return;
    await hurryOutrun(await glance(redis, name, { orders: !synced }), prices, deps);
  }
}

/** Only what a price has reached is worth a look at all facts. */
async function hurryOutrun(
  glances: readonly Glance[],
  prices: ReadonlyMap<string, Prices>,
  { redis, count }: PriceDeps,
): Promise<void> {
  const reached = glances.filter((one) => {
    const price = prices.get(one.ref.symbol);
    return price !== undefined && isReached(one, price);
  });
  await inBatches(reached, async ({ ref }) => {
    const read = await peekCheck(redis, ref);
    const snapshot = toSnapshot(read);
    if (read.plan === undefined || snapshot === undefined || !isOutrun(snapshot, read.plan)) return;

    count('outrun');
    await Promise.all(LANES.map((lane) => setDueNow(redis, ref, lane)));
  });
}
