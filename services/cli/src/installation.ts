import { ConfigError, isRunning } from '@backstop/runtime';
import { connectRedis } from '@backstop/store';
import type { Redis } from '@backstop/store';
import type { VerbContext } from './context.ts';
import { readRun, runFilePath } from './run-file.ts';

export interface Installation extends AsyncDisposable {
  readonly redis: Redis;
  readonly redisUrl: string;
}

/** Connects to the running installation: by REDIS_URL, else by what `up` has left. Throws ConfigError when there is none. */
export async function openInstallation({ env }: VerbContext): Promise<Installation> {
  const redisUrl = await findRedis(env);
  const redis = connectRedis(redisUrl, 'backstop-cli');
  redis.on('error', () => undefined); // connect() says it
  try {
    await redis.connect();
  } catch {
    redis.disconnect();
    throw new ConfigError('the Redis of Backstop does not answer', []);
  }
  return {
    redis,
    redisUrl,
    [Symbol.asyncDispose]: async () => redis.disconnect(),
  };
}

async function findRedis(env: NodeJS.ProcessEnv): Promise<string> {
  const given = env['REDIS_URL'];
  if (given !== undefined && given !== '') {
    if (URL.canParse(given)) return given;
    throw new ConfigError('REDIS_URL: expected redis://host:port or unix:///path', []);
  }
  const run = await readRun(runFilePath(env));
  if (run !== undefined && isRunning(run.owner)) return run.redisUrl;
  throw new ConfigError('Backstop is not running here: start it with `backstop up`, or set REDIS_URL', []);
}
