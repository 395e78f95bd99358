import { readdirSync, readFileSync } from 'node:fs';
import { inspect, isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Redis } from '../src/index.ts';
import { openTwin } from '../testing/index.ts';
import type { Dumped } from '../testing/twin/twin.ts';
import { accountCommands } from './account-commands.ts';
import { useRedis } from './account.ts';
import { fleetCommands } from './fleet-commands.ts';
import { monitorCommands } from './monitor-commands.ts';
import { streamedCommands } from './streamed-commands.ts';
import { streamCommands } from './stream-commands.ts';
import { seedOfTitle } from '@backstop/core/testing';
import type { StoreCommand } from './store-command.ts';
import { virtualRedis } from '../testing/virtual-redis.ts';

/** Ahead of every real clock. */
const START_MS = 4_102_444_800_123;
const RUNS = Number(process.env['TWIN_RUNS'] ?? 900);
const STEPS = 40;
const SCRIPTS = new URL('../src/lua/', import.meta.url);

/** What the properties must have reached, or they show little. */
const OUTCOMES = [
  'putPlans: accepted',
  'putPlans: taken',
  'recordCheck: recorded',
  'recordCheck: conflict',
  'openIntents: ok',
  'openIntents: fenced',
  'readCheck: foreign-intent',
  'readCheck: moved-on',
  'beginFlight: won',
  'beginFlight: holderUntilMs',
  'beginFlight: failedUntilMs',
  'takeBudget: granted',
  'takeBudget: waitMs',
  'correctBudget: true',
  'correctBudget: false',
  'tryCloseRound: open',
  'tryCloseRound: closed',
  'tryCloseRound: none',
  'setDueNow: true',
  'setDueNow: false',
  'closeIntents: 1',
  'closeIntents: 0',
  'patchRows: changed',
  'patchRows: unchanged',
  'patchRows: confirmed',
  'patchRows: moved on',
  'landAudit: drift',
  'landAudit: none',
  'landPositions: drift',
];

const redis = useRedis();

const anyStep: fc.Arbitrary<StoreCommand | number> = fc.oneof(
  { weight: 30, arbitrary: fc.oneof(...monitorCommands, ...accountCommands, ...fleetCommands) },
  { weight: 3, arbitrary: fc.oneof(...streamCommands) },
  { weight: 20, arbitrary: fc.oneof(...streamedCommands) },
  { weight: 12, arbitrary: fc.constantFrom(1, 1, 99, 250, 1_000, 1_100, 3_001) },
  { weight: 2, arbitrary: fc.constantFrom(4_000, 15_000, 61_000, 120_000, 600_001, 3_600_001) },
);

test(
  'whatever is asked of the store, the twin replies as a real Redis does and holds the same',
  async () => {
    const real = virtualRedis(redis());
    const [scripts, reached] = [new Set<string>(), new Set<string>()];
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: STEPS, maxLength: STEPS, size: 'max' }), async (steps) => {
        let nowMs = START_MS;
        await real.reset(nowMs);
        const twin = openTwin({ nowMs: () => nowMs, rewrite: (source) => (scripts.add(source), source) });
        const [one, other] = [real.connect(), twin.connect()];
        for (const step of steps) {
          if (typeof step === 'number') await real.moveTo((nowMs += step));
          else reached.add(`${step.name.split(' ')[0]}: ${told(await alike(step, [one, other], nowMs))}`);
        }
        expect(comparable(twin.dump())).toEqual(comparable(await real.dump()));
      }),
      { seed: seedOfTitle(), numRuns: RUNS, endOnFailure: process.env['TWIN_SHRINK'] === undefined },
    );
    expect(notRun(scripts)).toEqual([]);
    expect(OUTCOMES.filter((outcome) => !reached.has(outcome))).toEqual([]);
  },
  60_000 + RUNS * 300,
);

async function alike(
  { name, isUnordered, run }: StoreCommand,
  [one, other]: readonly [Redis, Redis],
  nowMs: number,
): Promise<unknown> {
  const replies = await Promise.all([settled(run(one, nowMs)), settled(run(other, nowMs))]);
  const [wanted, got] = isUnordered ? replies.map(sorted) : replies;
  if (!isDeepStrictEqual(got, wanted)) throw new Error(`${name}\nRedis ${shown(wanted)}\ntwin  ${shown(got)}`);
  return got;
}

/** What kind of reply it is, for those that have kinds. */
function told(reply: unknown): string {
  const [first]: unknown[] = Array.isArray(reply) ? reply : [reply];
  if (typeof first !== 'object' || first === null) return String(first);
  if ('taken' in first) return isDeepStrictEqual(first.taken, []) ? 'accepted' : 'taken';
  if ('why' in first) return String(first.why);
  if ('state' in first) return String(first.state);
  return Object.entries(first).find(([, value]) => value !== false)?.[0] ?? 'none';
}

function shown(value: unknown): string {
  return inspect(value, { depth: 9, breakLength: 160 });
}

async function settled(running: Promise<unknown>): Promise<unknown> {
  try {
    return await running;
  } catch (error) {
    return { error: error instanceof Error ? error.message : 'no error' };
  }
}

/** What neither Redis nor its twin promises: the order in hashes and sets, and the members of JSON that Lua has written. */
function comparable(all: Readonly<Record<string, Dumped>>): unknown {
  return Object.entries(all).map(([key, { kind, value, ...rest }]) => {
    if (/:nonce$|:installation$/.test(key)) return [key, kind, rest]; // random
    const plain = LUA_JSON.test(key) ? withParsedValues(value) : value;
    return [key, kind, kind === 'hash' || kind === 'set' ? sorted(plain) : plain, rest];
  });
}

/** Of rows of orders too: what frames add to them comes in no order. */
const LUA_JSON = /:(?:intents|frames|awaited|row:orders):/;

function withParsedValues(pairs: unknown): unknown {
  if (!Array.isArray(pairs)) return pairs;
  return pairs.map(([name, text]: readonly [string, string]) => [name, parsed(text)]);
}

function parsed(text: string): unknown {
  return /^[[{]/.test(text) ? sorted(JSON.parse(text)) : text;
}

/** The same with every array and the members of objects in an order of their own. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => sorted(item)).map((item) => ({ item, text: fc.stringify(item) }));
    return items.toSorted((a, b) => (a.text < b.text ? -1 : 1)).map(({ item }) => item);
  }
  if (typeof value !== 'object' || value === null || value instanceof Map) return value;
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([key, inner]) => [key, sorted(inner)]));
}

/** Scripts are known by their first line. */
function notRun(sources: ReadonlySet<string>): readonly string[] {
  const files = readdirSync(SCRIPTS).filter((file) => file.endsWith('.lua'));
  return files.filter((file) => {
    const [firstLine = ''] = readFileSync(new URL(file, SCRIPTS), 'utf8').split('\n');
    return ![...sources].some((source) => source.startsWith(firstLine));
  });
}
