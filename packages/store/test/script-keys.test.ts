import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as store from '../src/index.ts';
import { startRedis, type TestRedis } from '../testing/index.ts';
import { accept, anOrder, aPosition, REF, TP_SL_STATE } from './account.ts';

const SCRIPTS = new URL('../src/lua/', import.meta.url);

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis({ cluster: true });
});
afterAll(() => server.stop());

/** What a client and the scripts that it runs sent, as MONITOR tells it. */
interface Command {
  readonly args: readonly string[];
  readonly byScript: boolean;
}

test('on a cluster-enabled Redis every verb works, and no script touches a key that is not in its KEYS', async () => {
  const commands: Command[] = [];
  const monitor = await server.redis.monitor();
  monitor.on('monitor', (_time: string, args: string[], source: string) => {
    commands.push({ args, byScript: source === 'lua' });
  });
  await everyVerb();
  await server.redis.echo('the end');
  await expect.poll(() => commands.some(({ args }) => args.includes('the end'))).toBe(true);
  monitor.disconnect();

  expect(undeclaredKeys(commands)).toEqual([]);
  expect(scriptsNotIn(commands)).toEqual([]);
});

/** Redis has no script yet, so the source of each one that ran was sent once. */
function scriptsNotIn(commands: readonly Command[]): readonly string[] {
  const sources = commands.flatMap(({ args: [name, source = ''] }) => (name?.toLowerCase() === 'eval' ? [source] : []));
  const files = readdirSync(SCRIPTS).filter((file) => file.endsWith('.lua'));
  return files.filter((file) => {
    const [firstLine = ''] = readFileSync(new URL(file, SCRIPTS), 'utf8').split('\n');
    return !sources.some((source) => source.startsWith(firstLine));
  });
}

/** What commands of scripts touch without having it in the KEYS of their call. */
function undeclaredKeys(commands: readonly Command[]): readonly string[] {
  let declared = new Set<string>();
  return commands.flatMap(({ args: [name = '', ...rest], byScript }) => {
    if (!byScript && /^eval(?:sha)?$/i.test(name)) declared = new Set(rest.slice(2, 2 + Number(rest[1])));
    return byScript && keysOf(name, rest).some((key) => !declared.has(key)) ? [`${name} ${rest.join(' ')}`] : [];
  });
}

function keysOf(name: string, args: readonly string[]): readonly string[] {
  if (/^time$/i.test(name)) return [];
  return /^(?:del|unlink|exists)$/i.test(name) ? args : args.slice(0, 1);
}

async function everyVerb(): Promise<void> {
  await checkVerbs();
  await fleetVerbs();
  await streamVerbs();
}

async function streamVerbs(): Promise<void> {
  const { redis } = server;
  const accounts = ['main', 'mirror', 'third'];
  const claims = accounts.map((account) => ({ account, session: '' }));
  await store.streamBeat(redis, 'stream-1');
  await store.holdStreams(redis, 'stream-1', claims);
  await store.openSession(redis, 'main', 'stream-1', 'session-1');
  await store.markSynced(redis, 'main', 'stream-1', 'session-1');
  await store.readStreams(redis, accounts);
  await store.endSession(redis, 'main', 'stream-1', 'closed');
  await store.releaseStreams(redis, 'stream-1', accounts);
  await store.endStreamBeat(redis, 'stream-1');
  await store.takeSocket(redis);
}

async function streamedVerbs(): Promise<void> {
  const { redis } = server;
  const awaits = { type: 'cancel', orderId: 'order-1' } as const;
  const until = (await store.redisTimeMs(redis)) + 60_000;
  await redis.hset(store.accountKeys(REF.account).stream, { session: 'session-1', synced: '1', until });
  const told = { positions: [{ row: aPosition({ seq: 9 }), createdMs: 1 }], orders: [anOrder({ status: 'Filled' })] };
  for (const positions of [[], [aPosition({ seq: 8 })]]) {
    const flight = await store.beginFlight(redis, REF.account, 'account', { flightId: 'b', ttlMs: 5_000 });
    if (!flight.won) throw new Error('somebody else reads');
    const intents = [{ id: `j${positions.length}`, type: 'cancel', absolute: true, awaits }] as const;
    await store.openIntents(redis, { ref: REF, lane: 'tp-sl', token: 'token', intents });
    await store.landAudit(redis, REF.account, { ...flight, flightId: 'b', positions, orders: [], places: [REF] });
    await store.landPositions(redis, REF.account, { ...flight, flightId: 'b', positions });
    const known = { session: 'session-1', monitors: [REF] };
    await store.patchRows(redis, REF.account, { ...told, ...known, unreadable: [REF.symbol] });
    await store.closeIntents(redis, REF, [{ id: intents[0].id, outcome: 'acknowledged' }]);
  }
}

async function fleetVerbs(): Promise<void> {
  const { redis } = server;
  const request = { account: REF.account, endpoint: 'order-create', lane: 'entry', cost: 1 } as const;
  const answer = await store.takeBudget(redis, request);
  if (answer.granted) await store.countFromNow(redis, request, answer);
  await store.correctBudget(redis, { ...request, limit: 7, remaining: 2 });
  await store.blockBudget(redis, { account: REF.account }, { forMs: 1 });
  await store.beat(redis, { name: 'a', service: 'worker', pid: 1, url: '', startedAtMs: 1, counters: {} });
  await store.tryOpenRound(redis, { everyMs: 1, calls: 0 });
  await store.tryCloseRound(redis, { oldestCheckedMs: Number.MAX_SAFE_INTEGER, monitors: 1, calls: 1 });
}

async function checkVerbs(): Promise<void> {
  const { redis } = server;
  const bucket = store.bucketOf(REF.account);
  const flight = { flightId: 'a', ttlMs: 5_000, waiter: { ref: REF, lane: 'tp-sl' } } as const;
  await accept(redis, REF);
  await store.takeDue(redis, bucket, 'tp-sl', { limit: 5 });
  await store.openRound(redis, bucket, 0);
  await store.countDue(redis, bucket, 'tp-sl');
  await store.setDueNow(redis, REF, 'tp-sl');
  const { nowMs } = await store.readCheck(redis, REF, 'tp-sl', 'token');
  const intents = [{ id: 'i1', type: 'create', absolute: false }] as const;
  await store.openIntents(redis, { ref: REF, lane: 'tp-sl', token: 'token', intents });
  await store.openIntents(redis, { ref: REF, lane: 'tp-sl', token: 'token', intents });
  await store.beginFlight(redis, REF.account, 'account', flight);
  await store.beginFlight(redis, REF.account, 'account', flight);
  const landing = { flightId: 'a', startMs: nowMs, epoch: 9, positions: [aPosition()], orders: [anOrder()] };
  await store.landAccount(redis, REF.account, landing);
  await store.landSymbol(redis, REF.account, { ...landing, symbol: REF.symbol, idxs: [0, 1] });
  await store.abandonFlight(redis, REF.account, 'executions', { flightId: 'a' });
  await store.beginFlight(redis, REF.account, 'executions', flight);
  await store.cancelFlight(redis, REF.account, 'executions', flight);
  await store.endFlight(redis, REF.account, 'executions', flight);
  await store.readCheck(redis, REF, 'tp-sl', 'token');
  await store.closeIntents(redis, REF, ['i1']);
  await streamedVerbs();
  await store.putLookup(redis, REF, 'id', { order: undefined, startMs: nowMs, epoch: 9 });
  await store.getLookup(redis, REF, 'id');
  const part = { monitorId: REF.monitorId, by: 'e1', qty: 1n, value: 1n, fee: 1n } as const;
  const execution = { execId: 'x', timeMs: nowMs, seq: 1, symbol: REF.symbol, parts: [part], raw: '{}' };
  const batch = { executions: [execution], cursorMs: nowMs };
  await store.applyExecutions(redis, REF.account, batch);
  await redis.hset(store.accountKeys(REF.account).dirty, 'BTCUSDT:0:at', 1);
  await store.evictExpired(redis, [REF.account]);
  await store.touchChecked(redis, REF, 'tp-sl', { dueInMs: 5_000 });
  const record = { ref: REF, lane: 'tp-sl', token: 'token', version: 0, state: TP_SL_STATE, events: [] } as const;
  const summary = { id: 'm-t0-1', lane: 'tp-sl', atMs: nowMs, outcomes: [], raised: [], cleared: [] } as const;
  await store.recordCheck(redis, { ...record, dueInMs: 5_000, decision: {}, summary });
  await store.lastDecisions(redis, REF);
  await store.recordCheck(redis, { ...record, version: 1, dueInMs: undefined, closed: true });
  await store.flushCache(redis);
  await store.cacheStats(redis);
}
