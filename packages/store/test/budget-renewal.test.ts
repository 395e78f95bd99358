import { createConnection, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { BudgetLane } from '@backstop/core';
import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  budgetKeys,
  connectRedis,
  redisTimeMs,
  renewBudget,
  takeBudget,
  type BudgetGrant,
  type BudgetRequest,
} from '../src/index.ts';
import { startRedis, type TestRedis } from '../testing/redis-server.ts';
import { aRequest, granted } from './budget-requests.ts';

const LOG = budgetKeys.account('acc', 'order-create');
/** What a renewal in these tests may wait: nothing. */
const NOW = { signal: AbortSignal.timeout(60_000), maxWaitMs: 0 };

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(() => server.redis.flushdb());

test('a grant is kept while it is fresh, and Redis is not even asked', async () => {
  const gone = connectRedis('redis://127.0.0.1:1', 'gone');
  const grant: BudgetGrant = { granted: true, cost: 1, askedAtMs: performance.now(), firstCall: 7 };
  expect(await renewBudget(gone, aRequest(), grant, NOW)).toBe(grant);
});

test('its age counts from the question: a process that stalls before it reads the answer holds an old grant', async () => {
  const asking = take();
  stall(60);
  const grant = await asking;
  expect(await renewBudget(server.redis, aRequest(), grant, NOW)).not.toBe(grant);
});

test('an old grant is given back when it is taken anew: nobody is kept waiting by calls that were never made', async () => {
  await take({ cost: 3 });
  const old = aged(await take({ cost: 7 }));
  const renewed = await renewBudget(server.redis, aRequest({ cost: 7 }), old, NOW);
  expect(renewed.cost).toBe(7);
  expect(renewed.firstCall).not.toBe(old.firstCall);
  expect(await server.redis.zcard(LOG)).toBe(10);
  expect(await server.redis.zcard(budgetKeys.address)).toBe(2);
});

test('the calls count from the departure on', async () => {
  const old = aged(await take({ cost: 10 }));
  await pause(5);
  const departedMs = await redisTimeMs(server.redis);
  await renewBudget(server.redis, aRequest({ cost: 10 }), old, NOW);
  expect(await server.redis.zcount(LOG, departedMs, '+inf')).toBe(10);
});

test('market data, which has no account, is renewed on the budget of the address alone', async () => {
  const request = aRequest({ endpoint: 'market' });
  const old = aged(await take({ endpoint: 'market' }));
  await renewBudget(server.redis, request, old, NOW);
  expect(await server.redis.zcard(budgetKeys.address)).toBe(1);
});

test('what more urgent lanes have taken meanwhile is not had back: not sent, with the time to come back', async () => {
  const old = aged(await take({ cost: 8, lane: 'entry' }));
  await take({ cost: 2, lane: 'protective' });
  const refused = renewBudget(server.redis, aRequest({ cost: 8, lane: 'entry' }), old, NOW);
  await expect(refused).rejects.toMatchObject({ reason: 'not-sent', retryAfterMs: expect.any(Number) });
  await take({ cost: 8 }); // given back all the same
});

test('one who may wait gets the next budget there is', async () => {
  const old = aged(await take({ cost: 8, lane: 'entry' }));
  await take({ cost: 2, lane: 'protective' });
  const request = aRequest({ cost: 8, lane: 'entry' });
  const renewed = await renewBudget(server.redis, request, old, { ...NOW, maxWaitMs: 3_000 });
  expect(renewed.firstCall).not.toBe(old.firstCall);
});

test('a block that was set meanwhile holds what was granted before it', async () => {
  const old = aged(await take());
  await server.redis.hset(`${LOG}:marks`, 'blocked', Date.now() + 5_000);
  await expect(renewBudget(server.redis, aRequest(), old, NOW)).rejects.toMatchObject({ reason: 'not-sent' });
});

test('where every answer comes too late, protection departs all the same, and everything else comes back later', async () => {
  await using slow = await SlowRedis.start(server.url, 30); // each way
  const old = aged(await take());
  const last = await renewBudget(slow.redis, aRequest(), old, NOW);
  expect(last.cost).toBe(1);
  stall(60);
  expect(await renewBudget(slow.redis, aRequest(), last, NOW)).toBe(last); // by the look in the last moment, without a question
  const other = aged(await take({ lane: 'entry' }));
  await expect(renewBudget(slow.redis, aRequest({ lane: 'entry' }), other, NOW)).rejects.toMatchObject({
    reason: 'not-sent',
    message: '3 grants for order-create in a row were over 50 ms old on departure',
    retryAfterMs: 50,
  });
});

test('however long requests are held up on their way, no second sees more of them depart than their lanes may use', async () => {
  const held = fc.record({
    atMs: fc.integer({ min: 0, max: 2_000 }),
    heldMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1_500 })),
    cost: fc.integer({ min: 1, max: 4 }),
    lane: fc.constantFrom<BudgetLane>('take-profit', 'entry', 'audit'),
  });
  const schedules = fc.array(fc.array(held, { minLength: 40, maxLength: 60 }), { minLength: 8, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(schedules, async (accounts) => {
      const departures = await Promise.all(accounts.map((requests, index) => departAll(`acc${index}`, requests)));
      for (const atMs of departures) {
        expect(atMs.length).toBeGreaterThan(0);
        expect(busiestSecond(atMs)).toBeLessThanOrEqual(8);
      }
    }),
    { numRuns: 1, endOnFailure: true },
  );
}, 30_000);

interface HeldUp {
  readonly atMs: number;
  readonly heldMs: number;
  readonly cost: number;
  readonly lane: BudgetLane;
}

/** When each call departed that was granted, held up, and still had budget then. */
async function departAll(account: string, requests: readonly HeldUp[]): Promise<readonly number[]> {
  const departed = requests.map(async ({ atMs, heldMs, cost, lane }) => {
    await pause(atMs);
    const request = aRequest({ account, cost, lane });
    const answer = await takeBudget(server.redis, request);
    if (!answer.granted) return [];
    await pause(heldMs);
    return renewBudget(server.redis, request, answer, NOW).then(
      () => Array.from({ length: cost }, () => performance.now()),
      () => [],
    );
  });
  return (await Promise.all(departed)).flat();
}

function busiestSecond(atMs: readonly number[]): number {
  return Math.max(0, ...atMs.map((start) => atMs.filter((at) => at >= start && at < start + 1_000).length));
}

/** A grant that must be given. */
function take(changes: Partial<BudgetRequest> = {}): Promise<BudgetGrant> {
  return granted(server.redis, changes);
}

/** The same grant, held for so long that it may not be departed on. */
function aged(grant: BudgetGrant): BudgetGrant {
  return { ...grant, askedAtMs: grant.askedAtMs - 200 };
}

/** Nothing of this process runs for so long. */
function stall(forMs: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, forMs);
}

/** A Redis whose answers take twice `wayMs`. */
class SlowRedis implements AsyncDisposable {
  readonly redis: Redis;
  readonly #proxy: Server;

  private constructor(redis: Redis, proxy: Server) {
    this.redis = redis;
    this.#proxy = proxy;
  }

  static async start(url: string, wayMs: number): Promise<SlowRedis> {
    const { protocol, hostname, port, pathname } = new URL(url);
    const target = protocol === 'unix:' ? { path: pathname } : { host: hostname, port: Number(port) };
    const proxy = createServer((near) => {
      const far = createConnection(target);
      carry(near, far, wayMs);
      carry(far, near, wayMs);
    }).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
    const address = proxy.address() as AddressInfo;
    const redis = connectRedis(`redis://127.0.0.1:${address.port}`, 'slow');
    await redis.connect();
    return new SlowRedis(redis, proxy);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.redis.disconnect();
    this.#proxy.close();
    await once(this.#proxy, 'close');
  }
}

function carry(from: Socket, to: Socket, wayMs: number): void {
  from.on('data', (bytes) => setTimeout(() => to.write(bytes), wayMs));
  from.on('close', () => to.destroy());
  from.on('error', () => to.destroy());
}
