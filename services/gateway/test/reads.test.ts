import { anEntryRow, aPosition, aStopRow, aTakeProfitRow, PLAN_ID } from '@backstop/core/testing';
import {
  abandonFlight,
  beat,
  beginFlight,
  blockBudget,
  endSession,
  holdStreams,
  markSynced,
  openSession,
  readCheck,
  recordCheck,
} from '@backstop/store';
import type { MonitorRef } from '@backstop/store';
import { expect, test } from 'vitest';
import {
  accountsSchema,
  cacheSchema,
  monitorDetailSchema,
  monitorsSchema,
  processesSchema,
  queuesSchema,
} from '../src/schemas.ts';
import { activePlan, call, landRows, useGateway } from './gateway.ts';

const gateway = useGateway();
const REF: MonitorRef = { account: 'main', symbol: 'ALICEUSDT', positionIdx: 0, monitorId: PLAN_ID };
const MIRROR = { id: 'mirroraaaaaa', account: 'mirror' };

async function monitors(query = '') {
  const { status, json } = await call(`${gateway().url}/v1/monitors${query}`);
  expect(status).toBe(200);
  return monitorsSchema.parse(json).monitors;
}

test('a monitor is listed with its stage, size, stop, protection, orders and checks', async () => {
  await activePlan(gateway());
  const orders = [aStopRow(), aTakeProfitRow('t1', '85', '110'), anEntryRow('e1', '100', '95')];
  await landRows(gateway().redis, 'main', { orders });

  const [monitor, ...others] = await monitors();
  expect(others).toEqual([]);
  expect(monitor).toMatchObject({
    id: PLAN_ID,
    account: 'main',
    symbol: 'ALICEUSDT',
    positionIdx: 0,
    side: 'Buy',
    stage: 'waiting',
    size: '100',
    stop: '90',
    protected: 'yes',
    conditions: [],
    takeProfits: { planned: 4, resting: 1, filled: 0 },
    entries: { planned: 2, resting: 1 },
  });
  expect(monitor?.checkedAgoMs).toBeGreaterThanOrEqual(0);
  expect(monitor?.dueInMs['tp-sl']).toBeLessThanOrEqual(0);
});

test('what is not known is not guessed, and what is missing is named', async () => {
  await activePlan(gateway());
  await activePlan(gateway(), MIRROR);
  await landRows(gateway().redis, 'main', { positions: [aPosition({ stopLoss: undefined })], orders: [] });

  expect(await monitors()).toMatchObject([
    { account: 'main', size: '100', stop: null, protected: 'no', missing: 'the position row names no stop' },
    { account: 'mirror', size: null, stop: null, protected: 'unknown' },
  ]);
});

test('the list is filtered by account, symbol and stage', async () => {
  await activePlan(gateway());
  await activePlan(gateway(), MIRROR);

  expect(await monitors('?account=mirror')).toMatchObject([{ account: 'mirror' }]);
  expect(await monitors('?stage=waiting&symbol=ALICEUSDT')).toHaveLength(2);
  expect(await monitors('?stage=open')).toEqual([]);
  expect(await monitors('?symbol=BTCUSDT')).toEqual([]);
});

test.each([
  ['?account=Main', 'account', 'expected an account name'],
  ['?account=nobody', 'account', 'unknown account nobody'],
  ['?account=main&account=mirror', 'account', 'expected string'],
  ['?symbol=x%00y', 'symbol', 'expected a symbol'],
  ['?stage=closed', 'stage', 'expected one of waiting, open'],
  ['?colour=red', 'colour', 'unknown key'],
])('the query %s is refused with 400 and the fault named', async (query, path, message) => {
  const { status, json } = await call(`${gateway().url}/v1/monitors${query}`);
  expect(status).toBe(400);
  expect(json).toMatchObject({ error: 'the query is not usable', faults: [{ path }] });
  expect(JSON.stringify(json)).toContain(message);
});

test('one monitor is shown with its plan, both lanes, rows and their ages, sums and conditions', async () => {
  await activePlan(gateway());
  await landRows(gateway().redis, 'main');

  const { status, json } = await call(`${gateway().url}/v1/monitors/${PLAN_ID}`);
  expect(status).toBe(200);
  const detail = monitorDetailSchema.parse(json);
  expect(detail).toMatchObject({
    id: PLAN_ID,
    plan: { stopLoss: { triggerPrice: '90' }, takerFeeRate: '0.00055' },
    lanes: {
      'tp-sl': { version: 0, state: { stage: 'waiting' } },
      'limit-order': { version: 0, state: { ended: {} } },
    },
    position: { state: 'fresh', value: { size: '100', stopLoss: '90' } },
    orders: { state: 'fresh', value: [{ stopOrderType: 'StopLoss', qty: '100' }] },
    prices: { last: '100' },
    executed: {},
  });
  expect(detail.position.ageMs).toBeGreaterThanOrEqual(0);
});

test('a monitor that has closed can still be looked up, and is not listed', async () => {
  await activePlan(gateway());
  const { redis } = gateway();
  const read = await readCheck(redis, REF, 'tp-sl', 'token');
  const state = '{"stage":"closed","closeReason":"stop","seen":{},"conditions":{},"filledTakeProfits":[]}';
  const version = read.states['tp-sl'].version;
  const end = {
    ref: REF,
    lane: 'tp-sl',
    token: 'token',
    version,
    state,
    events: [],
    dueInMs: undefined,
    closed: true,
  } as const;
  await expect(recordCheck(redis, end)).resolves.toBe('recorded');

  expect(await monitors()).toEqual([]);
  const { json } = await call(`${gateway().url}/v1/monitors/${PLAN_ID}`);
  expect(monitorDetailSchema.parse(json)).toMatchObject({
    stage: 'closed',
    protected: 'unknown',
    checkedAgoMs: null,
    lanes: { 'tp-sl': { version: 1, state: { closeReason: 'stop' } } },
  });
});

test.each(['zzzzzzzzzzzz', 'x', '%2e%2e%2fplan', '*', encodeURIComponent('bs:{b0}')])(
  'an unknown id (%s) is 404',
  async (id) => {
    await activePlan(gateway());
    const { status, json } = await call(`${gateway().url}/v1/monitors/${id}`);
    expect(status).toBe(404);
    expect(json).toMatchObject({ error: expect.stringContaining('there is no monitor') });
  },
);

test('accounts tell how many positions are protected, which reads fail and what holds requests back', async () => {
  await activePlan(gateway());
  await activePlan(gateway(), MIRROR);
  const { redis } = gateway();
  await landRows(redis, 'main');
  await landRows(redis, 'mirror', { positions: [aPosition({ stopLoss: undefined })], orders: [] });
  await beginFlight(redis, 'mirror', 'account', { flightId: 'lost', ttlMs: 5_000 });
  await abandonFlight(redis, 'mirror', 'account', { flightId: 'lost', backoffMs: 5_000 });
  await blockBudget(redis, { account: 'main', endpoint: 'order-create' }, { forMs: 5_000 });
  await blockBudget(redis, { account: 'mirror' }, { forMs: 5_000 });

  const { json } = await call(`${gateway().url}/v1/accounts`);
  expect(accountsSchema.parse(json)).toMatchObject({
    positions: { open: 2, protected: 1, unknown: 0 },
    accounts: [
      {
        name: 'main',
        monitors: 1,
        positions: { open: 1, protected: 1, unknown: 0 },
        readFailures: { count: 0, restsForMs: null },
        blocks: [{ scope: 'order-create' }],
      },
      {
        name: 'mirror',
        monitors: 1,
        positions: { open: 1, protected: 0, unknown: 0 },
        readFailures: { count: 1 },
        blocks: [{ scope: 'account' }],
      },
    ],
  });
});

test('accounts tell which process holds their stream, whether it vouches for their rows, and why it was lost', async () => {
  const { redis, url } = gateway();
  const streams = async (): Promise<readonly object[]> =>
    accountsSchema.parse((await call(`${url}/v1/accounts`)).json).accounts.map(({ stream }) => stream);
  const none = { state: 'down', process: null, sinceMs: null, why: null };
  expect(await streams()).toEqual([none, none]);

  await holdStreams(redis, 'stream-1', [{ account: 'main', session: '' }]);
  await openSession(redis, 'main', 'stream-1', 's1');
  expect(await streams()).toMatchObject([{ state: 'joining', process: 'stream-1' }, { state: 'down' }]);

  await markSynced(redis, 'main', 'stream-1', 's1');
  expect(await streams()).toMatchObject([{ state: 'synced', sinceMs: expect.any(Number) }, { state: 'down' }]);

  await endSession(redis, 'main', 'stream-1', 'closed by the exchange');
  expect(await streams()).toMatchObject([{ state: 'joining', why: 'closed by the exchange' }, { state: 'down' }]);
});

test('the cache tells what reads found by kind, and how many rows it holds and how old they are by account', async () => {
  await activePlan(gateway());
  const { redis } = gateway();
  await readCheck(redis, REF, 'tp-sl', 'token');
  await landRows(redis, 'main');
  for (let check = 0; check < 3; check += 1) await readCheck(redis, REF, 'tp-sl', 'token');

  const { json } = await call(`${gateway().url}/v1/cache`);
  const cache = cacheSchema.parse(json);
  const counts = { fresh: 3, patched: 0, dirty: 0, expired: 0, missed: 1, reads: 4, hits: 3, hitRate: 0.75 };
  expect(cache.kinds).toMatchObject({ positions: counts, orders: counts, lookups: { reads: 0, hitRate: null } });
  expect(cache.total).toMatchObject({ reads: 8, hitRate: 0.75 });
  expect(cache.rows).toMatchObject([
    { account: 'main', kind: 'positions', rows: 1, entries: 1, dirty: 0, expired: 0, missing: 0 },
    { account: 'main', kind: 'orders', rows: 1, entries: 1 },
  ]);
  expect(cache.rows[0]?.oldestMs).toBeGreaterThanOrEqual(0);
});

test('processes and queues are listed', async () => {
  const counters = { jobsCompleted: 7 };
  const worker = {
    name: 'worker-1',
    service: 'worker',
    pid: 4_711,
    url: 'http://127.0.0.1:1',
    startedAtMs: 1,
    counters,
  };
  await beat(gateway().redis, worker);

  const processes = processesSchema.parse((await call(`${gateway().url}/v1/processes`)).json).processes;
  expect(processes.find(({ name }) => name === 'worker-1')).toMatchObject({ alive: true, pid: 4_711, counters });
  const { queues } = queuesSchema.parse((await call(`${gateway().url}/v1/queues`)).json);
  expect(queues.map(({ name }) => name)).toEqual(['tp-sl', 'limit-order', 'maintenance']);
});

test('metrics, health and readiness are served on the same port too', async () => {
  const { url } = gateway();
  expect((await call(`${url}/metrics`)).text).toContain('process_cpu_seconds_total{service="gateway"}');
  expect(await call(`${url}/healthz`)).toMatchObject({ status: 200, json: { alive: true } });
  expect(await call(`${url}/readyz`)).toMatchObject({ status: 200, json: { ready: true, reasons: [] } });
});

test('there is no such path: 404 in the one form that errors have', async () => {
  const { status, json, headers } = await call(`${gateway().url}/v1/nothing?x=1`);
  expect({ status, json }).toEqual({
    status: 404,
    json: { error: 'there is no GET /v1/nothing; /docs lists what there is' },
  });
  expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(headers.get('access-control-allow-origin')).toBeNull();
});
