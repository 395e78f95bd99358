import { decimal, ExchangeError, initialState, toJson, type Exchange, type Execution } from '@backstop/core';
import { aPlan } from '@backstop/core/testing';
import { executionCursor, putPlans, readAccounts, setAccounts, takeBudget } from '@backstop/store';
import { startRedis, type TestRedis } from '@backstop/store/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { DeskDeps } from '../src/desk.ts';
import { fly } from '../src/flights.ts';
import type { Check } from '../src/reading.ts';
import { deskOn } from './desk-on.ts';

const REF = { account: 'main', symbol: 'BTCUSDT', positionIdx: 0, monitorId: aPlan({}).id } as const;
let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(async () => {
  await server.redis.flushdb();
  const states = { 'tp-sl': toJson(initialState('tp-sl')), 'limit-order': toJson(initialState('limit-order')) };
  await putPlans(server.redis, [{ plan: aPlan({ symbol: REF.symbol }), states }]);
});

function check(): Check {
  return { ref: REF, lane: 'tp-sl', token: 'token', signal: AbortSignal.timeout(10_000) };
}

/** A desk on an exchange that only lists executions, and every line that it logs. */
function listing(executions: Exchange['executions']): { deps: DeskDeps; lines: object[] } {
  const lines: object[] = [];
  const log = { warn: (fields: object, message: string) => lines.push({ ...fields, message }) };
  return { deps: deskOn(server.redis, { executions }, { log }), lines };
}

function execution(execId: string, execType: string): Execution {
  const money = { price: decimal('100'), qty: decimal('2'), value: decimal('200'), fee: 0n, closedSize: 0n };
  const kind = { execType, stopOrderType: '', createType: 'CreateByUser', side: 'Buy' } as const;
  return { execId, orderId: 'o1', orderLinkId: '', symbol: 'BTCUSDT', ...kind, ...money, seq: 7, timeMs: Date.now() };
}

test('an execution of a kind that nobody knows is told of, since the cursor passes it by', async () => {
  const { deps, lines } = listing(async () => [execution('x1', 'Trade'), execution('x2', 'Rebirth')]);
  expect(await fly(check(), 'executions', deps)).toEqual({ landed: true });
  expect(lines).toEqual([
    {
      account: 'main',
      execType: 'Rebirth',
      execId: 'x2',
      symbol: 'BTCUSDT',
      message: 'execution of an unknown kind is not booked',
    },
  ]);
  expect(await executionCursor(server.redis, 'main')).toBeGreaterThan(0);
});

test('a read that is refused for the sake of one key is noted for the account, and holds none of its writes back', async () => {
  await setAccounts(server.redis, ['main']);
  const { deps } = listing(() => Promise.reject(new ExchangeError('credentials', '10003: unknown key')));
  expect(await fly(check(), 'executions', deps)).toMatchObject({ landed: false, reading: { kind: 'unknown' } });
  const [account] = await readAccounts(server.redis, []);
  expect(account?.keyRefusal).toMatchObject({ count: 1, why: '10003: unknown key' });
  const stop = { account: 'main', endpoint: 'trading-stop', cost: 1, lane: 'protective' } as const;
  expect(await takeBudget(server.redis, stop)).toMatchObject({ granted: true });
});
