import { ALL_BUCKETS, bucketKeys, bucketOf, type Redis } from '@backstop/store';
import { scriptName } from './store-scripts.ts';

type Method = (...args: unknown[]) => unknown;

/** What schedulers and maintenance ask of a bucket, and what one replies in which nothing ever was. */
const EMPTY: Readonly<Record<string, () => unknown>> = {
  get: () => 'a life without a loss', // the nonce of its outbox
  hset: () => 1,
  set: () => null,
  xrange: () => [],
  xtrim: () => 0,
  zcard: () => 0,
  zrange: () => [],
};

const EMPTY_SCRIPTS: Readonly<Record<string, () => unknown>> = { 'open-round': () => 0, 'take-due': () => [] };

/**
 * The same connection, for those who go through all buckets: what they ask of one in which nothing of the day's accounts is
 * costs no command. No fault strikes there, and a loss of Redis shows in the other ones.
 */
export function inUsedBuckets(redis: Redis, accounts: readonly string[]): Redis {
  const used = new Set([...accounts, ''].map(bucketOf)); // in that of '' the trader looks for trading rules
  const unused = ALL_BUCKETS.filter((bucket) => !used.has(bucket)).map(tagOf);
  const isUnused = (key: unknown): boolean => typeof key === 'string' && unused.some((tag) => key.startsWith(tag));
  const methods = Object.entries(EMPTY).map(([name, reply]): [string, Method] => {
    const send: Method = (...args) => Reflect.apply(Reflect.get(redis, name) as Method, redis, args);
    return [name, (...args) => (isUnused(args[0]) ? Promise.resolve(reply()) : send(...args))];
  });
  const evalsha = (sha: string, count: number, ...rest: (string | number)[]): Promise<unknown> => {
    const reply = isUnused(rest[0]) ? EMPTY_SCRIPTS[scriptName(sha)] : undefined;
    return reply === undefined ? redis.evalsha(sha, count, ...rest) : Promise.resolve(reply());
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same connection
  return Object.assign(Object.create(redis), { ...Object.fromEntries(methods), evalsha }) as Redis;
}

/** What each key of a bucket begins with. */
function tagOf(bucket: number): string {
  const { outbox } = bucketKeys(bucket);
  return outbox.slice(0, outbox.indexOf('}') + 1);
}
