import { toJson } from '@backstop/core';
import { anEntryRow, aPosition, aStopRow, aTakeProfitRow, PLAN_ID } from '@backstop/core/testing';
import {
  abandonFlight,
  beat,
  beginFlight,
  blockBudget,
  fleetKeys,
  noteKeyRefusal,
  readCheck,
  recordCheck,
  type MonitorRef,
} from '@backstop/store';
import { expect, test } from 'vitest';
import { accountsSchema, monitorDetailSchema } from '../src/schemas.ts';
import { activePlan, call, landRows, useGateway } from './gateway.ts';

const gateway = useGateway();
const REF: MonitorRef = { account: 'main', symbol: 'ALICEUSDT', positionIdx: 0, monitorId: PLAN_ID };

async function detail() {
  const { status, json } = await call(`${gateway().url}/v1/monitors/${PLAN_ID}`);
  expect(status).toBe(200);
  return monitorDetailSchema.strict().parse(json);
}

/** Records a tp-sl state as a check would. */
async function record(change: object, extra: object = {}): Promise<void> {
  const { redis } = gateway();
  const { states } = await readCheck(redis, REF, 'tp-sl', 'token');
  const state = toJson({ ...states['tp-sl'].state, ...change });
  const { version } = states['tp-sl'];
  const check = { ref: REF, lane: 'tp-sl', token: 'token', version, state, events: [], dueInMs: 5_000 } as const;
  expect(await recordCheck(redis, { ...check, ...extra })).toBe('recorded');
}

test('a monitor is explained: stop and ladder as wanted, as they stand and as executed, and what happens next', async () => {
  await activePlan(gateway());
  const orders = [aTakeProfitRow('t1', '85', '110'), anEntryRow('e1', '100', '95')];
  await landRows(gateway().redis, 'main', { positions: [aPosition({ stopLoss: undefined })], orders });

  const { report } = await detail();
  expect(report.stop).toMatchObject({ observed: null, verified: 'no', missing: 'the position row names no stop' });
  expect(report.takeProfits[0]).toEqual({
    leg: 't1',
    price: '110',
    desired: '85',
    observed: '85',
    executed: '0',
    note: 'rests',
  });
  expect(report.takeProfits[1]).toMatchObject({ leg: 't2', price: '115', observed: '0' });
  expect(report.entries).toMatchObject([
    { leg: 'e0', price: null },
    { leg: 'e1', price: '95', observed: '100' },
  ]);
  expect(report.differences?.find(({ item }) => item === 't1')).toEqual({
    item: 't1',
    verb: 'keep',
    desired: '85 at 110',
    observed: '85 at 110',
    reason: 'as wanted',
  });
  expect(report.next).toMatch(/next check .*reads executions/);
});

test('what is not known is null, and a condition says so', async () => {
  await activePlan(gateway());
  const { report } = await detail();
  expect(report).toMatchObject({ differences: null, stop: { desired: null, observed: null, verified: 'unknown' } });
  expect(report.takeProfits[0]).toMatchObject({ desired: null, observed: null, note: 'facts unknown' });
  expect(report.conditions).toMatchObject([
    { scope: 'cache', name: 'Stale', sinceMs: null, detail: 'position missing, orders missing' },
  ]);
  expect(report.next).toContain('nothing is decided while its facts are unknown');
});

test('conditions are levels: since when, when they were last seen, and what comes next', async () => {
  await activePlan(gateway());
  const { redis } = gateway();
  await landRows(redis, 'main', { positions: [aPosition()], orders: [aStopRow()] });
  await record({ conditions: { ForeignOrder: { sinceMs: 4_000, detail: 'an order that is not ours' } } });

  const { report } = await detail();
  const [condition] = report.conditions;
  expect(condition).toMatchObject({
    scope: 'tp-sl',
    name: 'ForeignOrder',
    sinceMs: 4_000,
    detail: 'an order that is not ours',
    next: 'counted, never touched',
  });
  expect(condition?.lastMs).toBeGreaterThan(4_000);
});

test('what holds an account back are levels too, of the account and of each of its monitors', async () => {
  await activePlan(gateway());
  await activePlan(gateway(), { id: 'mirroraaaaaa', account: 'mirror' });
  const { redis } = gateway();
  for (let failure = 0; failure < 3; failure += 1) {
    await beginFlight(redis, 'main', 'account', { flightId: 'lost', ttlMs: 5_000 });
    await abandonFlight(redis, 'main', 'account', { flightId: 'lost', backoffMs: 5_000, why: 'unavailable: 502' });
  }
  await noteKeyRefusal(redis, 'main', '10005: permission denied');
  await blockBudget(redis, { account: 'main', endpoint: 'position-list' }, { forMs: 5_000 });
  await landRows(redis, 'mirror', { orders: [anEntryRow('e1', '1', '95', { orderLinkId: 'by-hand' })] });

  const { accounts } = accountsSchema.parse((await call(`${gateway().url}/v1/accounts`)).json);
  const expected = [
    { name: 'KeyRefused', detail: '1 requests refused, at last with: 10005: permission denied' },
    { name: 'Paused', detail: 'its key is refused: it gets nothing done with that key, other accounts go on' },
    { name: 'Blind', detail: '3 reads have failed in a row, at last with: unavailable: 502; nothing is decided' },
    { name: 'RateLimited', sinceMs: null, detail: 'requests of class position-list are held back' },
  ];
  expect(accounts[0]?.conditions).toMatchObject(expected);
  expect(accounts[1]).toMatchObject({ conditions: [], foreignOrders: 1 });
  const { report } = await detail();
  expect(report.conditions.filter(({ scope }) => scope === 'account')).toMatchObject(expected);
});

test('S-32 a worker whose clock is off by more than 250 ms is told for every account, a dead one is not', async () => {
  const { redis, url } = gateway();
  const worker = { name: 'w', service: 'worker', pid: 1, url: '', startedAtMs: 1 };
  await beat(redis, { ...worker, counters: { clockSkewMs: 250 } });
  const conditions = async () =>
    accountsSchema.parse((await call(`${url}/v1/accounts`)).json).accounts.map((account) => account.conditions);
  expect(await conditions()).toEqual([[], []]);
  await beat(redis, { ...worker, counters: { clockSkewMs: -400 } });
  expect(await conditions()).toMatchObject([[{ name: 'Skew', detail: expect.stringContaining('-400 ms') }], [{}]]);
  await redis.hset(fleetKeys.processes, 'w', `1 ${JSON.stringify({ ...worker, counters: { clockSkewMs: -400 } })}`);
  expect(await conditions()).toEqual([[], []]);
});

test('the last decisions are there with their reasons', async () => {
  await activePlan(gateway());
  const outcomes = ['set stop 90 (no stop): done'];
  const summary = { id: `${PLAN_ID}-t0-1`, lane: 'tp-sl', atMs: 7, outcomes, raised: ['NoStop'], cleared: [] } as const;
  await record({ stage: 'open' }, { decision: {}, summary });
  expect((await detail()).decisions).toEqual([summary]);
});
