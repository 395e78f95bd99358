import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { decimal, initialState, toJson } from '@backstop/core';
import { answerCommand } from '@backstop/maintenance/answer-command';
import { openLog, startRedisServer } from '@backstop/runtime';
import type { RedisServer } from '@backstop/runtime';
import {
  acceptPlans,
  openQueues,
  connectRedis,
  getPlans,
  listActive,
  maintenanceWorker,
  openArchive,
  readCheck,
  recordCheck,
} from '@backstop/store';
import type { Archive, MaintenanceProcessor, Redis } from '@backstop/store';
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { carryOut } from '@backstop/cli/up/carry-out';
import { handOver } from '@backstop/cli/up/hand-over';
import { prepare } from '@backstop/cli/up/prepare';
import type { Preparation } from '@backstop/cli/up/prepare';
import { openStateFolder } from '@backstop/cli/up/state-folder';
import type { Submitted } from '@backstop/cli/up/submit-plans';
import { UP_DEFAULTS } from '@backstop/cli/up/up-options';

const KEYS = [{ name: 'main', apiKey: 'key', secret: 'secret' }];
const ENV = { BACKSTOP_MAIN_API_KEY: 'key', BACKSTOP_MAIN_API_SECRET: 'secret' };

/** What an earlier run on demo has left: its folder with the archive, and its Redis. */
let dir = '';
let server: RedisServer;
let redis: Redis;
let archive: Archive;

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'kept-'));
  const folder = await openStateFolder(path.join(dir, 'state'), 'demo', KEYS);
  const log = openLog({ service: 'test', level: 'silent' });
  server = await startRedisServer({ dir: folder.redisDir, log, env: { PATH: process.env['PATH'] } });
  redis = connectRedis(server.url, 'test');
  await redis.connect();
  archive = await openArchive({ dataDir: folder.archiveDir });
}, 30_000);

afterAll(async () => {
  await archive.close();
  redis.disconnect();
  await server[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

let run = 0;
beforeEach(() => {
  run += 1;
});
afterEach(() => redis.flushdb());

/** A long from 100 with take-profit 104 and stop 95, of this test alone: the archive forgets nothing. */
function planOn(symbol: string, change: object = {}): object {
  return {
    account: 'main',
    symbol,
    side: 'Buy',
    note: `test ${run}`,
    entries: [{ type: 'Market', qty: '1.0' }],
    takeProfits: [{ price: '104.00', percent: 100 }],
    stopLoss: { triggerPrice: '95.00' },
    ...change,
  };
}

function listAt(price: string): () => Promise<Preparation['workload']['instruments']> {
  const rules = { tickSize: decimal('0.01'), qtyStep: decimal('0.1'), minOrderQty: decimal('0.1') };
  const bounds = { maxOrderQty: decimal('1000'), maxMktOrderQty: decimal('1000'), minNotionalValue: decimal('5') };
  const listed = ['SOLUSDT', 'XRPUSDT'].map((symbol) => {
    const instrument = { symbol, status: 'Trading', deliveryTimeMs: 0, ...rules, ...bounds };
    return [symbol, { instrument, price: decimal(price) }] as const;
  });
  return () => Promise.resolve(new Map(listed));
}

function isAway(): Promise<never> {
  return Promise.reject(new Error('the exchange is away'));
}

interface Start {
  readonly price?: string;
  readonly state?: string;
  readonly list?: () => Promise<Preparation['workload']['instruments']>;
}

/** `backstop up --venue demo --state ...` up to where something would be started. */
async function preparation(
  plans: readonly object[],
  { price = '100', state = 'state', list = listAt(price) }: Start = {},
) {
  const file = path.join(dir, 'plans.json');
  await writeFile(file, JSON.stringify({ plans }));
  const flags = { ...UP_DEFAULTS, plans: file, venue: 'demo', state: path.join(dir, state), port: '0' };
  return prepare(flags, { env: ENV, nowMs: Date.now(), listInstruments: list });
}

async function maintenance(answer: MaintenanceProcessor = answerArchive): Promise<void> {
  const worker = maintenanceWorker(server.url, answer);
  onTestFinished(() => worker.close());
  await worker.ready();
}

const answerArchive: MaintenanceProcessor = (command) =>
  answerCommand(command, { redis, archive, refresh: () => Promise.resolve('') });

interface Told extends Submitted {
  readonly lines: readonly string[];
}

/** A start over the kept state, as far as the plans are concerned. */
async function start(plans: readonly object[], options: Start = {}): Promise<Told> {
  const lines: string[] = [];
  const listener = { print: (line: string) => void lines.push(line), ending: AbortSignal.timeout(20_000) };
  const submitted = await handOver(await preparation(plans, options), { redis, redisUrl: server.url }, listener);
  return { ...submitted, lines };
}

/** As a start at that time would have accepted it. */
async function acceptedAt(plan: object, nowMs: number): Promise<void> {
  const { judge } = await preparation([plan]);
  const { plans } = await judge({ known: new Set(), existing: [], now: () => Promise.resolve(nowMs) });
  await using queues = openQueues(server.url);
  expect((await acceptPlans(redis, queues, plans)).accepted).toHaveLength(1);
}

async function active(): Promise<readonly string[]> {
  return (await listActive(redis, 'main')).map(({ symbol }) => symbol).toSorted();
}

/** What the worker does when the position is gone: the monitor ends, and its end waits for the archive. */
async function close(symbol: string): Promise<void> {
  const ref = (await listActive(redis, 'main')).find((monitor) => monitor.symbol === symbol);
  if (ref === undefined) throw new Error(`nothing is active on ${symbol}`);
  const { states } = await readCheck(redis, ref, 'tp-sl', 'token');
  const state = toJson({ ...initialState('tp-sl'), stage: 'closed' });
  const record = { ref, lane: 'tp-sl', token: 'token', version: states['tp-sl'].version, state } as const;
  expect(await recordCheck(redis, { ...record, events: [], dueInMs: undefined, closed: true })).toBe('recorded');
}

test('a plan that was stopped out is not bought again by the next start', async () => {
  await maintenance();
  expect((await start([planOn('SOLUSDT')])).lines).toEqual(['plans        1 accepted']);
  expect(await active()).toEqual(['SOLUSDT']);
  await close('SOLUSDT');

  const again = await start([planOn('SOLUSDT')]);
  expect(again.lines).toEqual([
    'plans        0 accepted, 1 is over',
    '             main SOLUSDT Buy is over and not made again, unless its note is changed',
  ]);
  expect(await active()).toEqual([]);

  await redis.flushdb(); // nor when all that is left of it is in the archive
  expect((await start([planOn('SOLUSDT')])).accepted).toEqual([]);
  expect((await start([planOn('SOLUSDT', { note: `test ${run}, again` })])).accepted).toHaveLength(1);
});

test('a monitor of the kept state goes on as it is, and new plans beside it are accepted', async () => {
  await maintenance();
  await start([planOn('SOLUSDT')]);
  const [before] = await getPlans(redis, await listActive(redis, 'main'));

  const next = await start([planOn('SOLUSDT'), planOn('XRPUSDT')], { price: '101' });
  expect(next.lines).toEqual(['plans        1 accepted, 1 went on from the kept state']);
  expect(await active()).toEqual(['SOLUSDT', 'XRPUSDT']);
  const plans = await getPlans(redis, await listActive(redis, 'main'));
  expect(plans).toContainEqual(before);
  expect(plans.find((plan) => plan?.symbol === 'XRPUSDT')).toMatchObject({ referencePrice: decimal('101') });
});

test.each(['110', '90', 'none'])(
  'a market that has gone on to %s does not keep a monitor from going on',
  async (price) => {
    await maintenance();
    const plan = planOn('SOLUSDT', { deadline: '2026-01-01T00:00:30Z' });
    await acceptedAt(plan, Date.parse('2026-01-01T00:00:00Z'));

    const list = price === 'none' ? isAway : listAt(price);
    const { faults, lines } = await start([plan], { list });
    expect({ faults, lines }).toEqual({
      faults: [],
      lines: ['plans        0 accepted, 1 went on from the kept state'],
    });
    expect(await active()).toEqual(['SOLUSDT']);
  },
);

test('the faults of new plans are told with their places, and none of the new ones is accepted', async () => {
  await maintenance();
  await start([planOn('SOLUSDT')]);
  const edited = planOn('SOLUSDT', { takeProfits: [{ price: '120.00', percent: 100 }] });

  const { lines, accepted } = await start([planOn('XRPUSDT'), edited], { price: '110' });
  expect(accepted).toEqual([]);
  expect(lines).toEqual([
    'plans        0 accepted',
    'warning: no new plan was accepted, since this has to be put right first; the monitors of the kept state go on',
    '  plans[0].takeProfits[0].price: must be on the profit side of every entry and of the market',
    '  plans[1]: duplicate plan for (main, SOLUSDT, 0)',
  ]);
  expect(await active()).toEqual(['SOLUSDT']);
});

test('an exchange that lists nothing leaves new plans out and the monitors on', async () => {
  await maintenance();
  await start([planOn('SOLUSDT')]);
  const { faults } = await start([planOn('SOLUSDT'), planOn('XRPUSDT')], { list: isAway });
  expect(faults).toEqual(['--venue: cannot read the instruments of demo: the exchange is away']);
  expect(await active()).toEqual(['SOLUSDT']);
});

test('an archive that does not answer at first is asked again, and nothing is accepted without its answer', async () => {
  let asked = 0;
  await maintenance(async (command) => {
    asked += 1;
    expect(await active()).toEqual([]);
    if (asked === 1) throw new Error('the archive is away');
    return answerArchive(command);
  });
  expect((await start([planOn('SOLUSDT')])).accepted).toHaveLength(1);
  expect(asked).toBe(2);
});

test('a run that left plans out goes on until it is stopped, and then ends with exit code 2', async () => {
  await maintenance();
  const stop = new AbortController();
  const lines: string[] = [];
  const print = (line: string): void => {
    lines.push(line);
    if (line.startsWith('`backstop status`')) stop.abort();
  };
  const prepared = await preparation([planOn('XRPUSDT')], { price: '110' });
  const failed = new AbortController().signal;
  const services = { children: [], stop: () => Promise.resolve() };
  const operator = { token: '', file: undefined, [Symbol.asyncDispose]: () => Promise.resolve() };
  const open = { redis, redisUrl: server.url, simulator: undefined, services, operator, failed };
  await expect(carryOut(prepared, open, { print, ending: stop.signal, startedAtMs: 0 })).rejects.toMatchObject({
    exitCode: 2,
    faults: [expect.stringMatching(/^plans\[0\]\.takeProfits\[0\]\.price: /)],
  });
  expect(lines.at(-1)).toMatch(/^`backstop status`/);
});

test('what the file says wrong in itself refuses the start over a kept state too', async () => {
  const bad = planOn('SOLUSDT', { takeProfits: [{ price: '104.00', percent: 90 }], colour: 'red' });
  await expect(preparation([bad])).rejects.toMatchObject({
    exitCode: 2,
    faults: ['plans[0].colour: unknown key', expect.stringMatching(/^plans\[0\]\.takeProfits: shares sum to 90 %/)],
  });
});

test('without a kept state every fault comes before anything is started', async () => {
  await expect(preparation([planOn('SOLUSDT')], { price: '110', state: 'first' })).rejects.toMatchObject({
    exitCode: 2,
    faults: [expect.stringMatching(/^plans\[0\]\.takeProfits\[0\]\.price: /)],
  });
  const { isKept } = await preparation([planOn('SOLUSDT')], { state: 'first' });
  expect(isKept).toBe(false);
});

test('a Redis of a live venue whose archive would be lost is refused', async () => {
  const file = path.join(dir, 'plans.json');
  await writeFile(file, JSON.stringify({ plans: [planOn('SOLUSDT')] }));
  const env = { ...ENV, REDIS_URL: server.url };
  const flags = { ...UP_DEFAULTS, plans: file, venue: 'demo', port: '0' };
  const options = { env, nowMs: Date.now(), listInstruments: listAt('100') };
  await expect(prepare(flags, options)).rejects.toMatchObject({ faults: [expect.stringMatching(/^--state: missing/)] });
});
