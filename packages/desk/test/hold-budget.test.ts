import { startRedis, type TestRedis } from '@backstop/store/testing';
import { takeBudget } from '@backstop/store';
import type { Action, EndpointClass } from '@backstop/core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { batches } from '../src/batches.ts';
import { holdBudget, type HeldBudget, type PaidRequest } from '../src/hold-budget.ts';
import { cancel, create, setStop } from './actions.ts';

const REF = { account: 'main', symbol: 'ALICEUSDT', positionIdx: 0, monitorId: 'aaaaaaaaaaaa' } as const;
let server: TestRedis;

beforeAll(async () => {
  server = await startRedis();
});
beforeEach(async () => {
  await server.redis.flushdb();
});
afterAll(() => server.stop());

/** Pays for these actions, which must make one batch. */
async function hold(...actions: readonly Action[]): Promise<Held> {
  const [batch, ...rest] = batches(actions);
  if (batch === undefined || rest.length > 0) throw new Error('not one batch');
  const { requests, ...others } = await holdBudget({ ref: REF }, batch, server);
  const costs = await Promise.all(requests.map(costOf));
  expect(costs).toEqual(requests.map((request) => request.actions.length));
  return { requests: requests.map((request) => request.actions), ...others };
}

async function costOf({ grant }: PaidRequest): Promise<number> {
  const answer = await grant;
  return answer.granted ? answer.cost : 0;
}

/** The actions of each request; every one has a grant of its own, for all of it. */
type Held = Omit<HeldBudget, 'requests'> & { readonly requests: readonly (readonly Action[])[] };

/** Another process takes calls in the protective lane, which leaves nothing untouched. */
async function useUp(endpoint: EndpointClass, cost: number): Promise<void> {
  const answer = await takeBudget(server.redis, { account: 'main', endpoint, cost, lane: 'protective' });
  if (!answer.granted) throw new Error('nothing left to use up');
}

const entries = (count: number): Action[] => Array.from({ length: count }, (_, index) => create(`e${index}`));

test('a batch goes out as one request where the batch budget has room', async () => {
  const actions = entries(5);
  expect(await hold(...actions)).toEqual({ requests: [actions], refused: [], waitMs: 0 });
});

test('where it has room for some, these go together and the others one by one', async () => {
  await useUp('order-create-batch', 5);
  const actions = entries(5);
  const [a, b, c, d, e] = actions;
  expect(await hold(...actions)).toEqual({ requests: [[a, b, c], [d], [e]], refused: [], waitMs: 0 }); // 8 of 10 are for entries
});

test('where it has none, the same actions go out one by one on the budget of single requests', async () => {
  await useUp('order-create-batch', 10);
  const actions = entries(3);
  expect(await hold(...actions)).toEqual({ requests: actions.map((action) => [action]), refused: [], waitMs: 0 });
});

test('what neither budget has room for is refused, with the time until one has', async () => {
  await useUp('order-create-batch', 10);
  await useUp('order-create', 6);
  const actions = entries(5);

  const { requests, refused, waitMs } = await hold(...actions);
  expect(requests).toEqual([[actions[0]], [actions[1]]]); // 8 of 10 are for entries
  expect(refused).toEqual(actions.slice(2));
  expect(waitMs).toBeGreaterThan(0);
  expect(waitMs).toBeLessThanOrEqual(1_100);
});

test('a refusal spends nothing: after the wait all of it is granted', async () => {
  await useUp('order-create-batch', 10);
  await useUp('order-create', 10);
  const { refused, waitMs } = await hold(...entries(2));
  expect(refused).toHaveLength(2);

  await expect.poll(async () => (await hold(...entries(2))).refused, { timeout: waitMs + 500 }).toEqual([]);
});

test('entries never take what protection may need at once: a stop and a cancel still go', async () => {
  await hold(...entries(8));
  await hold(...entries(8));
  expect((await hold(...entries(1))).refused).toHaveLength(1);

  expect((await hold(setStop())).refused).toEqual([]);
  expect((await hold(cancel('e1'), cancel('e2'))).requests).toHaveLength(1);
  expect((await hold(create('x', 'protective'))).refused).toEqual([]);
});

test('a single action pays for a single request, and the account that it belongs to', async () => {
  await useUp('order-create', 10);
  expect((await hold(create('e1'))).refused).toHaveLength(1);
  const other = await holdBudget({ ref: { ...REF, account: 'other' } }, [create('e1')], server);
  expect(other.refused).toEqual([]);
});

test('a stop that goes alone does not wait for the answer where there was plenty the last time', async () => {
  const asked = async (): Promise<boolean> => {
    const { requests } = await holdBudget({ ref: REF }, [setStop()], server);
    const isAsked = requests[0]?.grant instanceof Promise;
    await requests[0]?.grant;
    return isAsked;
  };
  await useUp('trading-stop', 4);
  expect([await asked(), await asked(), await asked()]).toEqual([true, true, false]); // 6, 5 and 4 of 10 were left
  expect((await holdBudget({ ref: REF }, [cancel('e1')], server)).requests[0]?.grant).not.toBeInstanceOf(Promise);
});

test('after a refusal of anything by the address every answer is waited for', async () => {
  await useUp('trading-stop', 1);
  await server.redis.hset('bs:{budget}:address:marks', 'blocked', Date.now() + 600_000);
  const taken = await takeBudget(server.redis, { account: 'other', endpoint: 'position-list', cost: 1, lane: 'audit' });
  expect(taken.granted).toBe(false);
  expect(await holdBudget({ ref: REF }, [setStop()], server)).toMatchObject({ requests: [], refused: [setStop()] });
});
