import type { Redis } from 'ioredis';
import { ALL_BUCKETS, bucketKeys } from './keys.ts';

export type CacheKind = 'positions' | 'orders' | 'lookups';

/**
 * How often a fact that a check needed was there: fresh from a read, kept current by the stream (`patched`), outdated by a
 * write of ours (`dirty`), too old (`expired`), or never seen (`missed`).
 */
export interface CacheCounts {
  readonly fresh: number;
  readonly patched: number;
  readonly dirty: number;
  readonly expired: number;
  readonly missed: number;
}

/** The share of reads that needed no request, 0..1; undefined = there were none. */
export function hitRate({ fresh, patched, dirty, expired, missed }: CacheCounts): number | undefined {
  const reads = fresh + patched + dirty + expired + missed;
  return reads === 0 ? undefined : (fresh + patched) / reads;
}

/** Totals over all accounts since Redis started empty. */
export async function cacheStats(redis: Redis): Promise<Readonly<Record<CacheKind, CacheCounts>>> {
  const hashes = await Promise.all(ALL_BUCKETS.map((bucket) => redis.hgetall(bucketKeys(bucket).cacheStats)));
  const total = (field: string) => hashes.reduce((sum, hash) => sum + Number(hash[field] ?? 0), 0);
  const counts = (kind: CacheKind): CacheCounts => ({
    fresh: total(`${kind}:fresh`),
    patched: total(`${kind}:patched`),
    dirty: total(`${kind}:dirty`),
    expired: total(`${kind}:expired`),
    missed: total(`${kind}:missed`),
  });
  return { positions: counts('positions'), orders: counts('orders'), lookups: counts('lookups') };
}
