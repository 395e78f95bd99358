import { ConfigError } from '@backstop/runtime';
import { KEY_PATTERNS } from '@backstop/store';
import type { Redis } from '@backstop/store';

const SCAN_COUNT = 1_000;

/**
 * Makes a given Redis fit for a simulated exchange, which begins empty: what an installation has stored there would be about
 * another one. Throws ConfigError when there is something. The returned function removes what the run has stored.
 */
export async function borrowRedis(redis: Redis): Promise<() => Promise<void>> {
  const [first] = await ownKeys(redis)
    .next()
    .then(({ value }) => value ?? []);
  if (first !== undefined) {
    throw new ConfigError(
      'the Redis at REDIS_URL holds the state of a Backstop that works on another exchange than the one simulated now: ' +
        'name another database, such as redis://host:port/1, or an empty Redis',
      [],
    );
  }
  return async () => {
    for await (const keys of ownKeys(redis)) await redis.unlink(keys);
  };
}

async function* ownKeys(redis: Redis): AsyncGenerator<string[], undefined> {
  for (const pattern of KEY_PATTERNS) {
    let cursor = '0';
    do {
      const [next, keys] = await redis.scan(cursor, 'MATCH', pattern, 'COUNT', SCAN_COUNT);
      if (keys.length > 0) yield keys;
      cursor = next;
    } while (cursor !== '0');
  }
}
