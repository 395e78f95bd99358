import { fromJson, toJson, type Instrument, type Prices } from '@backstop/core';
import type { Redis } from 'ioredis';
import { bucketKeys } from './keys.ts';

/** Copies prices to one bucket, by symbol; symbols not given keep what they have. */
export async function putPrices(redis: Redis, bucket: number, prices: ReadonlyMap<string, Prices>): Promise<void> {
  await putFields(redis, bucketKeys(bucket).prices, prices);
}

/** Copies trading rules to one bucket, by symbol; symbols not given keep what they have. */
export async function putInstruments(
  redis: Redis,
  bucket: number,
  instruments: ReadonlyMap<string, Instrument>,
): Promise<void> {
  await putFields(redis, bucketKeys(bucket).instruments, instruments);
}

async function putFields(redis: Redis, key: string, values: ReadonlyMap<string, object>): Promise<void> {
  if (values.size === 0) return;
  await redis.hset(key, new Map([...values].map(([symbol, value]) => [symbol, toJson(value)])));
}

/** The prices of one bucket by symbol. */
export async function getPrices(redis: Redis, bucket: number): Promise<ReadonlyMap<string, Prices>> {
  return readFields<Prices>(redis, bucketKeys(bucket).prices);
}

/** The trading rules of one bucket by symbol; empty = never put. */
export async function getInstruments(redis: Redis, bucket: number): Promise<ReadonlyMap<string, Instrument>> {
  return readFields<Instrument>(redis, bucketKeys(bucket).instruments);
}

async function readFields<T>(redis: Redis, key: string): Promise<ReadonlyMap<string, T>> {
  const fields = await redis.hgetall(key);
  return new Map(Object.entries(fields).map(([symbol, text]) => [symbol, fromJson<T>(text)]));
}
