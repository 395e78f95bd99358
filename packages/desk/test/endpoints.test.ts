import type { Action, EndpointClass } from '@backstop/core';
import { takeBudget } from '@backstop/store';
import { startRedis, type TestRedis } from '@backstop/store/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { holdBudget } from '../src/hold-budget.ts';
import { amend, cancel, create, setStop } from './actions.ts';

const REF = { account: 'main', symbol: 'ALICEUSDT', positionIdx: 0, monitorId: 'aaaaaaaaaaaa' } as const;
const ENDPOINTS: readonly EndpointClass[] = ['trading-stop', 'order-create', 'order-amend', 'order-cancel'];
let server: TestRedis;

beforeAll(async () => {
  server = await startRedis();
});
beforeEach(async () => {
  await server.redis.flushdb();
});
afterAll(() => server.stop());

const KINDS: readonly (readonly [EndpointClass, Action])[] = [
  ['trading-stop', setStop()],
  ['order-create', create('x', 'protective')],
  ['order-amend', amend('t1', 'protective')],
  ['order-cancel', cancel('e1')],
];

test.each(KINDS)(
  'F-41 a request to %s is paid for out of its own budget, and out of no other',
  async (endpoint, action) => {
    for (const other of ENDPOINTS.filter((each) => each !== endpoint)) await useUp(other);
    expect((await holdBudget({ ref: REF }, [action], server)).refused).toEqual([]);

    await useUp(endpoint);
    expect((await holdBudget({ ref: REF }, [action], server)).refused).toEqual([action]);
  },
);

/** Another process takes all that is left of a budget. */
async function useUp(endpoint: EndpointClass): Promise<void> {
  const all = { account: 'main', endpoint, cost: 10, atLeast: 1, lane: 'protective' } as const;
  expect((await takeBudget(server.redis, all)).granted).toBe(true);
}
