import { expect, test } from 'vitest';
import { bucketOf, readCheck, runScript, takeDue, type Redis } from '../src/index.ts';
import { openTwin } from '../testing/index.ts';
import { accept, REF, useRedis } from './account.ts';

const real = useRedis();
const frozen = { nowMs: () => 1_785_312_315_678 };

/** Direct commands, each on what those before it have left. */
const COMMANDS: readonly (readonly [name: string, ...args: (string | number)[]])[] = [
  ['hgetall', 'none'],
  ['hget', 'none', 'a'],
  ['hset', 'hash', 'a', 1, 'b', ''],
  ['hgetall', 'hash'],
  ['hmget', 'hash', 'a', 'x'],
  ['hkeys', 'hash'],
  ['hvals', 'hash'],
  ['hexists', 'hash', 'a'],
  ['hlen', 'hash'],
  ['hincrby', 'hash', 'a', 41],
  ['hincrby', 'hash', 'b', 1],
  ['get', 'hash'],
  ['set', 'text', 'v', 'NX'],
  ['set', 'text', 'w', 'NX'],
  ['set', 'text', 'w', 'XX', 'KEEPTTL'],
  ['set', 'text', 'w', 'NX', 'XX'],
  ['set', 'text', 'w', 'EX', 'soon'],
  ['set', 'text', 'w', 'PX', 5, 'KEEPTTL'],
  ['set', 'text', 'w', 'EX', 5, 'PX', 5],
  ['set', 'text', 'w', 'XX', 'PX'],
  ['set', 'text', 'w', 'SOON'],
  ['get', 'text'],
  ['incr', 'count'],
  ['incr', 'text'],
  ['zadd', 'set', 2, 'b', 1, 'a'],
  ['zrange', 'set', 0, '0', 'WITHSCORES'],
  ['zrange', 'set', 0, -1],
  ['zscore', 'set', 'a'],
  ['zscore', 'set', 'x'],
  ['zcard', 'none'],
  ['smembers', 'none'],
  ['sadd', 'members', 'a'],
  ['sismember', 'members', 'a'],
  ['xadd', 'stream', '5-1', 'type', 'event', 'json', '{}'],
  ['xrange', 'stream', '-', '+', 'COUNT', 1],
  ['xrange', 'stream', '(5-1', '+'],
  ['xlen', 'stream'],
  ['xtrim', 'stream', 'MINID', '5-2'],
  ['type', 'stream'],
  ['type', 'none'],
  ['exists', 'stream', 'none', 'hash', 'hash'],
  ['lrange', 'none', 0, -1],
  ['pttl', 'none'],
  ['pttl', 'hash'],
  ['pexpire', 'hash', 0],
  ['unlink', 'text', 'none'],
  ['scan', '0', 'MATCH', 'c*', 'COUNT', 1_000],
  ['set', 'a*b', 1],
  ['keys', String.raw`a\*b`],
  ['keys', '[^c-z]*[a-b]'],
  ['keys', 's?t'],
  ['dbsize'],
  ['hset', 'hash', 'a'],
  ['memory', 'USAGE', 'none'],
];

test('direct commands reply in the shapes of ioredis', async () => {
  const twin = openTwin(frozen).connect();
  for (const [name, ...args] of COMMANDS) {
    const [wanted, got] = [await outcome(real(), name, args), await outcome(twin, name, args)];
    expect([name, ...args, got]).toEqual([name, ...args, wanted]);
  }
});

test('a command that the twin does not know throws by name', () => {
  const twin = openTwin(frozen).connect();
  expect(() => twin.geoadd('key', 1, 2, 'x')).toThrow('the twin of Redis does not know the command geoadd');
});

test('a script is known by its sha once it was evaluated, to all connections', async () => {
  const twin = openTwin(frozen);
  const sha = 'e0e1f9fabfc9d4800c877a703b823ac0578ff8db'; // of the source below
  await expect(twin.connect().evalsha(sha, 0)).rejects.toThrow('NOSCRIPT');
  await twin.connect().eval('return 1', 0);
  expect(await twin.connect().evalsha(sha, 0)).toBe(1);
});

test('the gate decides when a command takes effect, and whether its reply arrives', async () => {
  const twin = openTwin(frozen);
  const asked: string[] = [];
  const lost = twin.connect(async (command, run) => {
    asked.push(command);
    run();
    throw new Error('the reply was lost');
  });
  await expect(lost.set('key', 'value')).rejects.toThrow('the reply was lost');
  await expect(lost.multi().hset('hash', 'a', 1).pexpire('hash', 5).exec()).rejects.toThrow('the reply was lost');
  expect(asked).toEqual(['set', 'multi']);
  expect(twin.dump()).toEqual({
    hash: { kind: 'hash', value: [['a', '1']], expiresAtMs: frozen.nowMs() + 5 },
    key: { kind: 'string', value: 'value' },
  });

  const down = twin.connect(() => Promise.reject(new Error('not connected')));
  await expect(down.del('key')).rejects.toThrow('not connected');
  expect(twin.keys()).toEqual(['hash', 'key']);
});

test('a rule is switched off by rewriting its script before it is compiled', async () => {
  const changed = openTwin({
    ...frozen,
    rewrite: (source) => source.replace(`'fence', ARGV[5]`, `'fence', 'anybody'`),
  });
  const usual = openTwin(frozen);
  for (const twin of [changed, usual]) {
    await accept(twin.connect(), REF);
    await readCheck(twin.connect(), REF, 'tp-sl', 'token');
  }
  expect(JSON.stringify(changed.dump())).toContain('anybody');
  expect(JSON.stringify(usual.dump())).not.toContain('anybody');
});

test('a key lives through its last millisecond of the clock that is given, and is cleared with the others', async () => {
  let nowMs = 1_000;
  const twin = openTwin({ nowMs: () => nowMs });
  const redis = twin.connect();
  await redis.set('key', 'value', 'PX', 10);
  nowMs += 10;
  expect(await redis.get('key')).toBe('value');
  nowMs += 1;
  expect(await redis.get('key')).toBeNull();
  expect(twin.keys()).toEqual([]);

  await redis.set('other', 'value');
  twin.clear();
  expect(twin.dump()).toEqual({});
});

test('stream ids go by the clock, and never back', async () => {
  let nowMs = 1_000;
  const redis = openTwin({ nowMs: () => nowMs }).connect();
  const add = () => redis.xadd('stream', '*', 'a', '1');
  expect([await add(), await add()]).toEqual(['1000-0', '1000-1']);
  nowMs = 900;
  expect(await add()).toBe('1000-2');
  nowMs = 1_001;
  expect(await add()).toBe('1001-0');
});

test('a connection that was closed takes no more commands, the others do', async () => {
  const twin = openTwin(frozen);
  const [closed, open] = [twin.connect(), twin.connect()];
  closed.disconnect();
  await expect(closed.get('key')).rejects.toThrow('Connection is closed.');
  expect([closed.status, open.status, await open.get('key')]).toEqual(['end', 'ready', null]);
});

test('an error of a script leaves what it had written, as in Redis', async () => {
  const twin = openTwin(frozen);
  const source = `redis.call('SET', KEYS[1], 1) redis.call('HGET', KEYS[1], 'x')`;
  for (const redis of [twin.connect(), real()]) {
    await expect(redis.eval(source, 1, 'key')).rejects.toThrow('WRONGTYPE');
    expect(await redis.get('key')).toBe('1');
  }
});

test('the scripts that the store runs are the ones that the twin runs', async () => {
  const sources: string[] = [];
  const twin = openTwin({ ...frozen, rewrite: (source) => (sources.push(source), source) });
  await takeDue(twin.connect(), bucketOf(REF.account), 'tp-sl', { limit: 1 });
  await runScript(twin.connect(), 'count-due', ['key'], []);
  expect(sources.map((source) => source.split('\n')[0])).toEqual([
    expect.stringContaining('Takes monitors'),
    expect.stringContaining('Counts the monitors'),
  ]);
});

async function outcome(redis: Redis, name: string, args: readonly (string | number)[]): Promise<unknown> {
  try {
    const method: unknown = Reflect.get(redis, name);
    return await (typeof method === 'function'
      ? Reflect.apply(method, redis, args)
      : redis.call(name, args.map(String)));
  } catch (error) {
    const message = error instanceof Error ? error.message : 'no error';
    return message.replace(/ for '\w+' command$/, '');
  }
}
