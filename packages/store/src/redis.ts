import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { Redis } from 'ioredis';

const SCRIPTS = new URL('./lua/', import.meta.url);

/** Every .lua file of this package by its name without the ending: one verb per file. `--include x` puts include/x.lua there. */
const scripts = new Map(
  readdirSync(SCRIPTS)
    .filter((file) => file.endsWith('.lua'))
    .map((file) => {
      const source = readLua(file).replace(/^--include (\S+)$/gm, (_line, name: string) =>
        readLua(`include/${name}.lua`),
      );
      return [file.slice(0, -'.lua'.length), { source, sha: createHash('sha1').update(source).digest('hex') }] as const;
    }),
);

function readLua(file: string): string {
  return readFileSync(new URL(file, SCRIPTS), 'utf8');
}

/**
 * Connects to `redis://...` or `unix:///path`. Commands time out after 2 s, the connection is retried for ever (at most
 * 1 s apart), and commands sent while it is down fail instead of queueing: nobody acts on what was true before.
 */
export function connectRedis(url: string, name: string): Redis {
  const { hostname, port, pathname, username, password, protocol } = new URL(url);
  const target =
    protocol === 'unix:'
      ? { path: pathname }
      : { host: hostname, port: Number(port || 6379), db: Number(pathname.slice(1) || 0) };
  return new Redis({
    ...target,
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    connectionName: name,
    commandTimeout: 2_000,
    connectTimeout: 2_000,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    enableAutoPipelining: true,
    lazyConnect: true,
    retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, 1_000),
  });
}

/**
 * Runs `lua/<name>.lua`. Every key that the script touches is in `keys`; `Reply` is what its header says that it returns.
 * Rejects with the script's or the connection's error.
 */
export async function runScript<Reply>(
  redis: Redis,
  name: string,
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<Reply> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the header of the script is the contract
  return (await evaluate(redis, scriptOf(name), keys, args)) as Reply;
}

function scriptOf(name: string): { readonly sha: string; readonly source: string } {
  const script = scripts.get(name);
  if (script === undefined) throw new Error(`no such script: ${name}`);
  return script;
}

/** Has Redis hold these scripts, so that none of them is sent twice where something was sent behind it. Rejects with its error. */
export async function loadScripts(redis: Redis, names: readonly string[]): Promise<void> {
  await Promise.all(names.map((name) => redis.script('LOAD', scriptOf(name).source)));
}

async function evaluate(
  redis: Redis,
  { sha, source }: { readonly sha: string; readonly source: string },
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<unknown> {
  try {
    return await redis.evalsha(sha, keys.length, ...keys, ...args);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
    return redis.eval(source, keys.length, ...keys, ...args);
  }
}

/** Redis's own clock in ms: the only one that ages and deadlines are judged by (DESIGN section 4). */
export async function redisTimeMs(redis: Redis): Promise<number> {
  const [seconds, micros] = await redis.time();
  return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
}
