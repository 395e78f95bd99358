import { cacheStats as readCacheStats, hitRate } from '@backstop/store';
import type { CacheCounts } from '@backstop/store';
import type { VerbContext } from './context.ts';
import { openInstallation } from './installation.ts';
import { table } from './table.ts';

/** `backstop cache stats`: what the reads of the shared cache found, since Redis started empty. */
export async function cacheStats(context: VerbContext): Promise<void> {
  await using installation = await openInstallation(context);
  const stats = await readCacheStats(installation.redis);
  const head = ['rows', 'fresh', 'patched', 'dirty', 'expired', 'missed', 'hit rate'];
  const rows = Object.entries(stats).map(([kind, counts]) => toRow(kind, counts));
  context.print(table(head, rows));
}

function toRow(kind: string, counts: CacheCounts): (string | number)[] {
  const { fresh, patched, dirty, expired, missed } = counts;
  const rate = hitRate(counts);
  return [kind, fresh, patched, dirty, expired, missed, rate === undefined ? '-' : `${(rate * 100).toFixed(1)} %`];
}
