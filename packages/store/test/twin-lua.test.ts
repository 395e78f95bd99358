import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { openTwin } from '../testing/index.ts';
import { useRedis } from './account.ts';
import { LUA_SCRIPTS } from './lua-scripts.ts';
import { seedOfTitle } from '@backstop/core/testing';

const redis = useRedis();

test.each(Object.entries(LUA_SCRIPTS))('the twin answers as Redis does: %s', async (_what, sources) => {
  const twin = openTwin({ nowMs: () => Date.now() });
  for (const source of sources) {
    await redis().flushdb();
    twin.clear();
    const args = [2, 'k', 'l', '7', 'text', '', 'é!', '\u{1f600}', '\uffee'] as const;
    const wanted = await outcome(redis().eval(source, ...args));
    expect({ source, ...(await outcome(twin.connect().eval(source, ...args))) }).toEqual({ source, ...wanted });
  }
});

test('the twin reads and prints any number as Redis does', async () => {
  const source = `local out = {} for _, text in ipairs(ARGV) do
    local n = tonumber(text)
    out[#out + 1] = tostring(n) out[#out + 1] = string.format('%.3f', n % 1e9) out[#out + 1] = string.format('%.0f', n % 1e15)
    redis.call('RPUSH', KEYS[1], n)
  end return { out, redis.call('LRANGE', KEYS[1], 0, -1) }`;
  const number = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer({ min: -2_000_000, max: 2_000_000 }).map((value) => value / 1_024),
    fc.maxSafeInteger(),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(number, { minLength: 1, maxLength: 50 }), async (numbers) => {
      await redis().flushdb();
      const twin = openTwin({ nowMs: () => 0 }).connect();
      const texts = numbers.map(String);
      expect(await twin.eval(source, 1, 'k', ...texts)).toEqual(await redis().eval(source, 1, 'k', ...texts));
    }),
    { seed: seedOfTitle(), numRuns: 200 },
  );
});

test.each([
  ['os.time()', 'os.time'],
  ['x = 1', 'setting the global x'],
  ['return x', 'the global x'],
  ['return ("x"):len()', 'methods'],
  ['local function f(...) end', 'functions with ...'],
  [`redis.call(ARGV[1], KEYS[1])`, 'redis.call of a computed command'],
  [`redis.pcall('GET', KEYS[1])`, 'redis.pcall'],
  [`redis.call('GEORADIUS', KEYS[1])`, 'the command GEORADIUS'],
  ['for a in next, {} do end', 'a loop over something else'],
  [`return 'é'`, 'text beyond ASCII'],
  ['return math.huge', 'the global math'],
])('what the translation does not know is refused with its line before anything runs: %s', async (line, what) => {
  const twin = openTwin({ nowMs: () => 0 });
  const source = `-- Some script.\nredis.call('SET', KEYS[1], 1)\n${line}`;
  const { error = '' } = await outcome(twin.connect().eval(source, 1, 'k'));
  expect(error).toContain(what);
  expect(error).toContain(`line 3 of "-- Some script."`);
  expect(twin.keys()).toEqual([]);
});

test.each([
  'local t = { 1, nil, 3 } return #t',
  'local t = { 1 } t[3] = 3 return #t',
  'return { 1, nil, unpack({ 1, nil, 2 }) }',
])('a length that Lua leaves open is refused: %s', async (source) => {
  const { error } = await outcome(
    openTwin({ nowMs: () => 0 })
      .connect()
      .eval(source, 0),
  );
  expect(error).toContain('the length of a table with nil inside');
});

test('a script that touches a key that is not in its KEYS fails, as on a cluster', async () => {
  const twin = openTwin({ nowMs: () => 0 });
  const { error } = await outcome(twin.connect().eval(`return redis.call('SET', 'other', 1)`, 1, 'k'));
  expect(error).toContain('non local key');
  expect(twin.keys()).toEqual([]);
});

interface Outcome {
  readonly reply?: unknown;
  readonly error?: string;
}

async function outcome(running: Promise<unknown>): Promise<Outcome> {
  try {
    return { reply: await running };
  } catch (error) {
    return { error: error instanceof Error ? withoutPlace(error.message) : 'no error' };
  }
}

/** Redis names the line, the script and the variable as well. */
function withoutPlace(message: string): string {
  return message
    .replace(/ script: [0-9a-f]{40}, on @user_script:\d+\.$/, '')
    .replace(/^ERR user_script:\d+:/, 'ERR user_script:')
    .replace(/(?:local|global|field|upvalue|method) '[^']*' \((a \w+ value)\)/, '$1')
    .replace(/wrong number of arg(?:ument)?s.*$/i, 'wrong number of arguments')
    .replace(/Expected .* but found invalid token.*/, 'no JSON')
    .replace(/ from script$/, '');
}
