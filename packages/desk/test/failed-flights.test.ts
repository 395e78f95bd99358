import { ExchangeError, initialState, toJson } from '@backstop/core';
import { aPlan, PLAN_ID } from '@backstop/core/testing';
import {
  abandonFlight,
  accountKeys,
  beginFlight,
  putPlans,
  readAccounts,
  redisTimeMs,
  setAccounts,
  type FlightScope,
  type FlightStart,
  type MonitorRef,
} from '@backstop/store';
import { startRedis, type TestRedis } from '@backstop/store/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { auditExecutions, auditPositions } from '../src/audit-account.ts';
import type { DeskDeps } from '../src/desk.ts';
import { fly, type FlightResult } from '../src/flights.ts';
import { refreshAccount } from '../src/refresh-account.ts';
import { deskOn } from './desk-on.ts';

const REF: MonitorRef = { account: 'main', symbol: 'ALICEUSDT', positionIdx: 0, monitorId: PLAN_ID };
const WAITER = { ref: REF, lane: 'limit-order' } as const;
const DUE = accountKeys('main').due('limit-order');
const SIGNAL = AbortSignal.timeout(60_000);

const UNREADABLE = new ExchangeError('rejected', 'cannot read position/list');
const OUTAGE = new ExchangeError('unavailable', 'HTTP 503', { retryAfterMs: 700 });
const REFUSED = new ExchangeError('credentials', '10003: unknown key');
const OURS = new ExchangeError('not-sent', 'no budget within 2000 ms');

const GOES_ON = { won: true };

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(async () => {
  await server.redis.flushdb();
  await setAccounts(server.redis, ['main']);
  const states = { 'tp-sl': toJson(initialState('tp-sl')), 'limit-order': toJson(initialState('limit-order')) };
  await putPlans(server.redis, [{ plan: aPlan(), states }]);
  await server.redis.del(DUE);
});

/** A desk on an empty exchange that answers each read as `answer` says, or not at all, and what it logs. */
function answering(answer: () => Promise<readonly never[]>): DeskDeps & { readonly lines: readonly object[] } {
  const lines: object[] = [];
  const log = { warn: (fields: object) => lines.push(fields) };
  const desk = deskOn(server.redis, { positions: answer, openOrders: answer, executions: answer }, { log });
  return { ...desk, lines };
}

/** One whose reads fail, while a monitor waits for a read of this scope. */
function failing(error: Error, scope: FlightScope = 'account'): ReturnType<typeof answering> {
  return answering(async () => {
    await wait(scope);
    throw error;
  });
}

async function wait(scope: FlightScope): Promise<void> {
  await beginFlight(server.redis, 'main', scope, { flightId: 'who waits', ttlMs: 1_000, waiter: WAITER });
}

/** What a check comes to that needs this scope. */
function checkOn(scope: 'account' | 'symbol' | 'executions', deps: DeskDeps): Promise<FlightResult> {
  return fly({ ref: REF, lane: 'tp-sl', token: 'token', signal: SIGNAL }, scope, deps);
}

/** What the next one comes to that wants to read the account. */
function next(scope: FlightScope = 'account'): Promise<FlightStart> {
  return beginFlight(server.redis, 'main', scope, { flightId: 'next', ttlMs: 60_000 });
}

/** Whether the failure of a read is held against the account: its reads rest, for the first time for 250 ms. */
async function isRemembered(): Promise<boolean> {
  return (await server.redis.hget(accountKeys('main').failure, 'count')) === '1';
}

/** Reads of the account rest from now on. */
async function rest(): Promise<void> {
  await abandonFlight(server.redis, 'main', 'positions', { flightId: 'other', backoffMs: 60_000 });
}

async function waiterIsDue(): Promise<boolean> {
  const [, dueMs] = await server.redis.zrange(DUE, 0, '-1', 'WITHSCORES');
  return Number(dueMs) <= (await redisTimeMs(server.redis));
}

/** Every way to read, each with what a failure comes to. */
const READERS = [
  { by: 'a check', read: (deps: DeskDeps) => checkOn('account', deps) },
  { by: 'a refresh', read: (deps: DeskDeps) => refreshAccount('main', SIGNAL, deps) },
  { by: 'an audit', read: (deps: DeskDeps) => auditPositions('main', SIGNAL, deps).catch(String), of: 'positions' },
] as const;

test.each(READERS)(
  'after an outage that $by met, reads of the account rest, and who waited looks again',
  async (reader) => {
    await reader.read(failing(OUTAGE, 'of' in reader ? reader.of : 'account'));
    expect(await isRemembered()).toBe(true);
    expect(await waiterIsDue()).toBe(true);
  },
);

test.each(READERS)(
  'a listing of the account that $by cannot read, or has no budget for, keeps nobody from reading it, and who waited looks again',
  async (reader) => {
    for (const error of [UNREADABLE, OURS]) {
      const scope = 'of' in reader ? reader.of : 'account';
      await reader.read(failing(error, scope));
      expect(await waiterIsDue()).toBe(true);
      expect(await next()).toMatchObject(GOES_ON);
      await server.redis.del(accountKeys('main').flight('account'), DUE);
    }
  },
);

test.each(READERS)('a refusal for the sake of its key that $by met is noted for the account', async (reader) => {
  await reader.read(failing(REFUSED));
  const [account] = await readAccounts(server.redis, []);
  expect(account?.keyRefusal).toMatchObject({ count: 1, why: REFUSED.message });
});

test('a check of an account whose listing cannot be read goes on symbol by symbol, at once', async () => {
  const deps = failing(UNREADABLE);
  expect(await checkOn('account', deps)).toEqual(unread('account', 50));
  expect(deps.receipts.isUnreadable('main')).toBe(true);
  expect(deps.lines).toEqual([{ account: 'main', scope: 'account', reason: UNREADABLE.message }]);
});

test('F-34 a symbol that a check cannot read is left alone for 5 s, and keeps nobody from reading the others', async () => {
  const deps = failing(UNREADABLE, 'symbol:ALICEUSDT');
  expect(await checkOn('symbol', deps)).toEqual(unread('symbol', 5_000));
  expect(await waiterIsDue()).toBe(true);
  expect(deps.receipts.isUnreadable('main')).toBe(false);
  expect(await next()).toMatchObject(GOES_ON);
});

test('where a check cannot read the executions there is no other way to them: reads of the account rest', async () => {
  expect(await checkOn('executions', failing(UNREADABLE))).toEqual(unread('executions', 500));
  expect(await isRemembered()).toBe(true);
});

test('an audit of executions that cannot be read leaves the way to checks', async () => {
  await expect(auditExecutions('main', SIGNAL, failing(UNREADABLE, 'executions'))).rejects.toBe(UNREADABLE);
  expect(await next()).toMatchObject(GOES_ON);
});

test('what our own side refuses, or cannot read while others can, ends no rest that another read has caused meanwhile', async () => {
  for (const error of [OURS, UNREADABLE]) {
    const deps = answering(async () => {
      await rest();
      throw error;
    });
    await checkOn('account', deps);
    expect(await next()).toEqual({ won: false, failedUntilMs: expect.any(Number) });
    await server.redis.del(accountKeys('main').failure);
  }
});

test('a check comes back when the exchange says, tells nobody of what our own side refused, and takes anything else for an outage', async () => {
  expect(await checkOn('symbol', failing(OUTAGE))).toEqual(unread('symbol', 700));
  await server.redis.del(accountKeys('main').failure);
  const ours = failing(OURS);
  expect(await checkOn('symbol', ours)).toEqual(unread('symbol', 500));
  expect(ours.lines).toEqual([]);
  const odd = failing(new TypeError('odd'));
  expect(await checkOn('symbol', odd)).toEqual(unread('symbol', 500));
  expect(odd.lines).toMatchObject([{ reason: 'odd' }]);
  expect(await isRemembered()).toBe(true);
});

test('a check ends as a waiter where somebody else reads, and where reads of the account rest it comes back after that', async () => {
  const deps = failing(OUTAGE);
  await next('symbol:ALICEUSDT');
  expect(await checkOn('symbol', deps)).toEqual({ landed: false, reading: { kind: 'waiting', scope: 'symbol' } });
  await rest();
  const resting = { kind: 'unknown', why: 'reads of the account fail', retryInMs: expect.any(Number) };
  expect(await checkOn('symbol', deps)).toEqual({ landed: false, reading: resting });
});

test('a refresh says why it read nothing: what went wrong, that somebody else reads, or that reads rest', async () => {
  expect(await refreshAccount('main', SIGNAL, failing(OUTAGE))).toBe('not read: HTTP 503');
  await rest();
  const empty = answering(async () => []);
  expect(await refreshAccount('main', SIGNAL, empty)).toBe('its reads rest after a failure');
  await server.redis.del(accountKeys('main').failure);
  await next();
  expect(await refreshAccount('main', SIGNAL, empty)).toBe('another process is reading it');
});

test.each([
  { by: 'a check', read: (deps: DeskDeps) => checkOn('account', deps) },
  { by: 'a refresh', read: (deps: DeskDeps) => refreshAccount('main', SIGNAL, deps) },
])(
  'where somebody who waited for $by cannot be woken, what was read counts, and no read rests for it',
  async (reader) => {
    const deps = answering(async () => {
      await wait('account');
      return [];
    });
    await expect(reader.read({ ...deps, wake: wakeNobody })).rejects.toThrow('the queues are away');
    expect(await next()).toMatchObject(GOES_ON);
  },
);

function unread(scope: string, retryInMs: number): FlightResult {
  return { landed: false, reading: { kind: 'unknown', why: `reading ${scope} failed`, retryInMs } };
}

function wakeNobody(): Promise<void> {
  return Promise.reject(new Error('the queues are away'));
}
