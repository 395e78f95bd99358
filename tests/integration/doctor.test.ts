import { aPosition, aStopRow } from '@backstop/core/testing';
import {
  abandonFlight,
  accountKeys,
  beginFlight,
  findAnomalies,
  noteKeyRefusal,
  readAccountFacts,
  redisTimeMs,
  toMember,
  type Anomaly,
} from '@backstop/store';
import { startRedis, type TestRedis } from '@backstop/store/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { AFTER_TP1, BROKEN_WORLDS, listed } from '../support/broken-worlds.ts';
import { list, PROTECTED, qty, seedMarket, seedWorld } from '../support/seed.ts';

const { stop, ladder, entry } = PROTECTED;
const [, t2, t3, t4] = ladder;
let server: TestRedis;

beforeAll(async () => {
  server = await startRedis();
});
beforeEach(async () => {
  await server.redis.flushdb();
  await seedMarket(server.redis, ['main', 'mirror']);
  await list(server.redis, 'main', { positions: [], orders: [] });
  await list(server.redis, 'mirror', { positions: [], orders: [] });
});
afterAll(() => server.stop());

async function examine(): Promise<readonly Anomaly[]> {
  return (await readAccountFacts(server.redis)).flatMap((facts) => findAnomalies(facts));
}

/** Lets Redis time move on: of two readings that begin in one millisecond neither is the later one. */
async function nextMs(): Promise<void> {
  const first = await redisTimeMs(server.redis);
  while ((await redisTimeMs(server.redis)) === first);
}

async function names(): Promise<readonly string[]> {
  return (await examine()).map(({ name }) => name).toSorted();
}

test('a position that is protected, laddered and followed by its entry has no anomaly, nor has a plan that waits', async () => {
  await seedWorld(server.redis);
  await seedWorld(server.redis, {
    plan: { account: 'mirror', id: 'mirroraaaaaa' },
    executed: {},
    tpSl: { stage: 'waiting' },
    listed: { positions: [], orders: [] },
  });
  expect(await examine()).toEqual([]);
});

test.each(BROKEN_WORLDS)('%s is named', async (_title, world, expected) => {
  await seedWorld(server.redis, world);
  expect(await names()).toEqual(expected.toSorted());
});

test('each anomaly that a request ends says which one, with its numbers', async () => {
  await seedWorld(server.redis, {
    price: '105',
    executed: { e0: '100', t1: '85' },
    ...listed([aStopRow({ qty: qty(15) }), t2, t3, t4, entry], AFTER_TP1),
  });
  const found = new Map((await examine()).map((anomaly) => [anomaly.name, anomaly]));
  expect(found.get('BreakevenMissing')).toMatchObject({
    detail: 't1 is filled, the stop is at 90, wanted 100.12',
    backstop: expect.stringMatching(/^set stop 100\.12 \(/),
  });
  expect(found.get('EntryStillActive')).toMatchObject({
    detail: 'e1 works with 100 at 95: t1 is filled',
    backstop: 'cancel e1 (t1 is filled)',
  });
});

test('S-12 what somebody changed and the plan respects is no anomaly', async () => {
  await seedWorld(server.redis, {
    plan: { externalChanges: { policy: 'respect' } },
    tpSl: { operatorStop: { level: qty(85), instead: qty(90) }, dropped: ['t4'] },
    ...listed([aStopRow({ triggerPrice: qty(85) }), ...ladder.slice(0, 3), entry], { stopLoss: qty(85) }),
  });
  expect(await examine()).toEqual([]);
});

test('a refusal that waits for its time is told with what is done about the anomaly', async () => {
  const attempt = {
    count: 3,
    code: 10_001,
    message: 'not now',
    nextAtMs: Date.now() + 60_000,
    reason: 'rejected',
  } as const;
  await seedWorld(server.redis, {
    tpSl: { attempts: { 'set-stop:90': attempt } },
    ...listed([...ladder, entry], { stopLoss: undefined }),
  });
  expect(await examine()).toMatchObject([
    {
      name: 'StopMissing',
      backstop: expect.stringMatching(/^set stop 90 \(no stop\): refused 3 times \(10001 not now\), tried again in \d/),
    },
  ]);
});

test('a row that is older than the last fill is read anew, and is no anomaly', async () => {
  await seedWorld(server.redis, listed([stop, ...ladder, entry], { seq: 0 }));
  expect(await names()).toEqual([]);
});

test('what a later reading of the account does not show any more is not there', async () => {
  const other = aPosition({ symbol: 'ETHUSDT' });
  await list(server.redis, 'main', { positions: [other], orders: [] });
  expect(await names()).toEqual(['PositionWithoutMonitor']);
  await nextMs();
  await list(server.redis, 'main', { positions: [], orders: [] });
  expect(await names()).toEqual([]);
});

test('F-19 where the market is through breakeven already, leaving is what comes next', async () => {
  await seedWorld(server.redis, {
    executed: { e0: '100', t1: '85' },
    ...listed([aStopRow({ qty: qty(15) }), t2, t3, t4], AFTER_TP1),
  });
  expect(await examine()).toContainEqual(
    expect.objectContaining({
      name: 'BreakevenMissing',
      backstop: 'create x for the whole position (through-breakeven)',
    }),
  );
});

test('F-04 a mirrored account that has diverged is named alone, by its own numbers', async () => {
  await seedWorld(server.redis);
  await seedWorld(server.redis, {
    plan: { account: 'mirror', id: 'mirroraaaaaa', symbol: 'ALICEUSDT' },
    executed: { e0: '40' },
    ...listed([aStopRow({ qty: qty(40) })], { size: qty(40) }),
  });
  expect(await examine()).toMatchObject([
    { account: 'mirror', name: 'TakeProfitsTooSmall', detail: '0 take-profits for 0, the position is 40' },
  ]);
});

test('F-34 what was not read is unknown, and is never taken for well', async () => {
  await seedWorld(server.redis, { listed: undefined });
  await server.redis.del(accountKeys('main').positionListing, accountKeys('main').ordersListing);
  expect(await names()).toEqual(['AccountUnread', 'FactsUnknown']);
});

test('reads that fail, a key that is refused and a monitor that nobody checks are named', async () => {
  const { id } = await seedWorld(server.redis);
  for (let failure = 0; failure < 3; failure += 1) {
    await beginFlight(server.redis, 'mirror', 'account', { flightId: 'lost', ttlMs: 5_000 });
    await abandonFlight(server.redis, 'mirror', 'account', { flightId: 'lost', why: 'unavailable: 10016 busy' });
  }
  await noteKeyRefusal(server.redis, 'mirror', '33004: the key has expired');
  const member = toMember({ account: 'main', symbol: 'ALICEUSDT', positionIdx: 0, monitorId: id });
  await server.redis.zadd(accountKeys('main').checked, Date.now() - 60_000, member);

  expect(await examine()).toMatchObject([
    { name: 'Unchecked', monitorId: id },
    { name: 'KeyRefused', account: 'mirror', detail: expect.stringContaining('33004') },
    { name: 'Blind', account: 'mirror', detail: expect.stringContaining('10016 busy') },
  ]);
});
