import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Dumped } from './twin/twin.ts';

/** A real Redis that goes by a clock of the test's own. */
export interface VirtualRedis {
  /** A new connection of it, as far as its users can tell. */
  connect(): Redis;
  /** Empties it, at this time. */
  reset(nowMs: number): Promise<void>;
  /** Moves the clock on; what expires by then is gone. */
  moveTo(nowMs: number): Promise<void>;
  dump(): Promise<Readonly<Record<string, Dumped>>>;
}

const NOW = 'test:now';

/**
 * What scripts call in place of `redis.call`. Expiries are kept as absolute times of the virtual clock, which lie so far in the
 * future that Redis itself never acts on them.
 */
const PRELUDE = `
local function virtual_call(name, ...)
  local now, args = tonumber(redis.call('GET', '${NOW}')), { ... }
  local function at(ms) return string.format('%.0f', now + tonumber(ms)) end
  if name == 'TIME' then
    return { string.format('%.0f', math.floor(now / 1000)), string.format('%.0f', now % 1000 * 1000) }
  elseif name == 'XADD' and args[2] == '*' then
    args[2] = at(0) .. '-*'
  elseif name == 'PEXPIRE' and tonumber(args[2]) == math.floor(args[2]) then
    if tonumber(args[2]) <= 0 then return redis.call('DEL', args[1]) end
    return redis.call('PEXPIREAT', args[1], at(args[2]))
  elseif name == 'PTTL' then
    local expires = redis.call('PEXPIRETIME', args[1])
    return expires < 0 and expires or math.max(expires - now, 0)
  elseif name == 'SET' then
    for index = 3, #args do
      if args[index] == 'PX' then args[index], args[index + 1] = 'PXAT', at(args[index + 1]) end
    end
  end
  return redis.call(name, unpack(args))
end
`;

const EXPIRE = `
redis.call('SET', '${NOW}', ARGV[1])
for _, key in ipairs(redis.call('KEYS', '*')) do
  local expires = redis.call('PEXPIRETIME', key)
  if expires >= 0 and expires < tonumber(ARGV[1]) then redis.call('DEL', key) end
end`;

const DUMP = `
local out = {}
for _, key in ipairs(redis.call('KEYS', '*')) do
  local kind, value = redis.call('TYPE', key).ok
  if kind == 'string' then value = redis.call('GET', key)
  elseif kind == 'hash' then value = redis.call('HGETALL', key)
  elseif kind == 'set' then value = redis.call('SMEMBERS', key)
  elseif kind == 'list' then value = redis.call('LRANGE', key, 0, -1)
  elseif kind == 'zset' then value = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
  elseif kind == 'stream' then value = redis.call('XRANGE', key, '-', '+') end
  out[#out + 1] = { key, kind, value, redis.call('PEXPIRETIME', key) }
end
return out`;

/** Wraps a real connection whose database is this test's alone. */
export function virtualRedis(real: Redis): VirtualRedis {
  const clock = { nowMs: 0 };
  const shas = new Map<string, string>();
  return {
    connect: () => proxy(real, clock, shas),
    reset: async (nowMs) => {
      clock.nowMs = nowMs;
      await real.flushdb();
      await real.set(NOW, nowMs);
    },
    moveTo: async (nowMs) => {
      clock.nowMs = nowMs;
      await real.eval(EXPIRE, 0, nowMs);
    },
    dump: () => dump(real),
  };
}

function proxy(real: Redis, clock: { readonly nowMs: number }, shas: Map<string, string>): Redis {
  const own: Readonly<Record<string, unknown>> = {
    time: async () => [`${Math.floor(clock.nowMs / 1_000)}`, `${(clock.nowMs % 1_000) * 1_000}`],
    eval: (source: string, ...args: [number, ...string[]]) => {
      const virtual = PRELUDE + source.replaceAll('redis.call(', 'virtual_call(');
      shas.set(shaOf(source), shaOf(virtual));
      return real.eval(virtual, ...args);
    },
    evalsha: (sha: string, ...args: [number, ...string[]]) => real.evalsha(shas.get(sha) ?? sha, ...args),
    multi: () => transaction(real.multi(), clock),
  };
  return new Proxy(real, {
    get: (_target, name) => (typeof name === 'string' && own[name]) || bound(real, name),
  });
}

function transaction(chain: ReturnType<Redis['multi']>, { nowMs }: { readonly nowMs: number }): unknown {
  const wrapped: unknown = new Proxy(chain, {
    get: (_target, name) => {
      if (name === 'exec') return () => chain.exec();
      const method = name === 'pexpire' ? 'pexpireat' : name;
      return (...args: unknown[]) => {
        const own = method === 'pexpireat' ? [args[0], nowMs + Number(args[1])] : args;
        Reflect.apply(bound(chain, method), undefined, own);
        return wrapped;
      };
    },
  });
  return wrapped;
}

function bound(of: object, name: string | symbol): (...args: unknown[]) => unknown {
  const value: unknown = Reflect.get(of, name);
  if (typeof value !== 'function') throw new Error(`not a command: ${String(name)}`);
  return (...args) => Reflect.apply(value, of, args);
}

function shaOf(source: string): string {
  return createHash('sha1').update(source).digest('hex');
}

type DumpReply = readonly [key: string, kind: string, value: string | string[], expiresAtMs: number][];

async function dump(real: Redis): Promise<Readonly<Record<string, Dumped>>> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what DUMP returns
  const keys = (await real.eval(DUMP, 0)) as DumpReply;
  const entries = keys.map(([key, kind, value, expiresAtMs]): [string, Dumped] => [
    key,
    { kind, value: toPlain(kind, value), ...(expiresAtMs >= 0 && { expiresAtMs }) },
  ]);
  return Object.fromEntries(entries.filter(([key]) => key !== NOW).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function toPlain(kind: string, value: string | string[]): unknown {
  if (typeof value === 'string' || (kind !== 'hash' && kind !== 'zset')) return value;
  return Array.from({ length: value.length / 2 }, (_, at) => value.slice(at * 2, at * 2 + 2));
}
