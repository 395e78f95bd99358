import { initialState, toJson } from '@backstop/core';
import { anInstrument, aPlan, PLAN_ID } from '@backstop/core/testing';
import { accountKeys, bucketOf, putInstruments, putPlans, setAccounts, type MonitorRef } from '@backstop/store';
import { startRedis, type TestRedis } from '@backstop/store/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openDesk, type Desk } from '../src/desk.ts';
import { openReceipts, type Receipts } from '../src/receipts.ts';
import { deskOn } from './desk-on.ts';

const REF: MonitorRef = { account: 'main', symbol: 'ALICEUSDT', positionIdx: 0, monitorId: PLAN_ID };
const CHECK = { ref: REF, lane: 'tp-sl', token: 'token', signal: AbortSignal.timeout(60_000) } as const;
const UNSEEN = { cacheRead: ignore, inputAge: ignore, staleDecision: ignore };

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
});

/** A desk on an empty exchange, and the scopes that it reads; `landed` hears of each read whose rows have landed. */
function aDesk(landed: Receipts['landed'] = ignore): { readonly desk: Desk; readonly read: string[] } {
  const read: string[] = [];
  const reads = { positions: none, openOrders: none, executions: none };
  const receipts = { ...openReceipts(), landed };
  const observer = { ...UNSEEN, flight: (_account: string, scope: string) => void read.push(scope) };
  const desk = openDesk(deskOn(server.redis, reads, { receipts, observer }));
  return { desk, read };
}

async function putInstrument(): Promise<void> {
  await putInstruments(server.redis, bucketOf('main'), new Map([['ALICEUSDT', anInstrument()]]));
}

/** Takes the rows away before anybody can look at them: commands of one connection run in their order. */
function lose(): void {
  const keys = accountKeys('main');
  const rows = [keys.positionRow('ALICEUSDT', 0), keys.ordersRow('ALICEUSDT', 0)];
  void server.redis.del(...rows, keys.positionListing, keys.ordersListing);
}

test('F-34 rows that do not land are unknown, after each way to them was tried once', async () => {
  await putInstrument();
  const { desk, read } = aDesk(lose);
  expect(await desk.read(CHECK)).toEqual({ kind: 'unknown', why: 'rows did not land', retryInMs: 500 });
  expect(read).toEqual(['account', 'symbol']);

  const other = aDesk();
  expect(await other.desk.read(CHECK)).toMatchObject({ kind: 'facts' });
  expect(other.read).toEqual(['account']);
});

test('without its instrument a monitor knows nothing, and nothing is read for it', async () => {
  const { desk, read } = aDesk();
  expect(await desk.read(CHECK)).toEqual({ kind: 'unknown', why: 'no instrument', retryInMs: 1_000 });
  expect(read).toEqual([]);
});

async function none(): Promise<readonly never[]> {
  return [];
}

function ignore(): void {}
