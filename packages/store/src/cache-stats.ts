import type { Redis } from 'ioredis';
import { BUCKETS, bucketKeys } from './keys.ts';

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

/** Totals over all accounts since Redis started empty. */
export async function cacheStats(redis: Redis): Promise<Readonly<Record<CacheKind, CacheCounts>>> {
  const hashes = await Promise.all(
    Array.from({ length: BUCKETS }, (_, bucket) => redis.hgetall(bucketKeys(bucket).cacheStats)),
  );
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
