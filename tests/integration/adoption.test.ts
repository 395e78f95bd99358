import { decimal, fromJson, toJson, type Adoption } from '@backstop/core';
import { adoptPositions } from '@backstop/maintenance/tasks/adopt-positions';
import { drainAll } from '@backstop/maintenance/tasks/drain-outbox';
import { every } from '@backstop/runtime';
import {
  accountKeys,
  bucketOf,
  getPlans,
  listActive,
  peekCheck,
  readOutbox,
  redisTimeMs,
  slotOf,
  type Archive,
  type EventRecord,
  type MonitorRef,
} from '@backstop/store';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { adopterDeps, MANAGE, PROTECT, type AdopterDeps } from '../support/adopter.ts';
import { testArchive, type TestArchive } from '../support/archive.ts';
import { closeMonitor } from '../support/close-monitor.ts';
import { marketPlan } from '../support/plans.ts';
import { SOON, untilProtected } from '../support/protect.ts';
import type { Seat } from '../support/seat.ts';
import { countCalls, listingCalls, openPosition } from '../support/truth.ts';
import { useRig } from '../support/use-rig.ts';

const rig = useRig();
const bucket = bucketOf('main');
const PLACE = { account: 'main', symbol: 'COIN0USDT', positionIdx: 0 } as const;
const QUICK = { readEveryMs: 300, provenAfterMs: 200 };
const LOOK_MS = 50;

let folder: TestArchive;
let archive: Archive;
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  folder = await testArchive();
  archive = await folder.open();
});
afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end()));
});
afterAll(() => folder[Symbol.asyncDispose]());

function maintenance(adoption: Adoption, seat: Seat): Promise<AdopterDeps> {
  return adopterDeps(rig(), seat, { archive, adoption });
}

/** Runs the task again and again, with less patience than usual, until the test ends. */
function run(deps: AdopterDeps): void {
  const stop = new AbortController();
  const loop = every(LOOK_MS, stop.signal, (signal) => adoptPositions(deps, signal, QUICK));
  ends.push(async () => {
    stop.abort();
    await loop;
  });
}

async function look(deps: AdopterDeps): Promise<void> {
  await adoptPositions(deps, AbortSignal.timeout(10_000));
}

function byHand(side: 'Buy' | 'Sell', qty: string, reduceOnly = false): Promise<void> {
  return rig().venue.trade({ ...PLACE, side, qty, orderType: 'Market', reduceOnly });
}

async function position(): Promise<ReturnType<typeof openPosition>> {
  return openPosition(await rig().venue.truth(), PLACE);
}

/** The monitor that has the place, once there is one (another one than `before`). */
async function keeper(before?: MonitorRef): Promise<MonitorRef> {
  const found = async (): Promise<MonitorRef | undefined> =>
    (await listActive(rig().redis, 'main')).find(({ monitorId }) => monitorId !== before?.monitorId);
  await expect.poll(found, SOON).toBeDefined();
  return (await found()) ?? { ...PLACE, monitorId: '' };
}

/** The positions that were adopted, as the outbox tells it. */
async function adoptions(): Promise<readonly EventRecord[]> {
  const entries = await readOutbox(rig().redis, bucket, '0', 10_000);
  const events = entries.filter(({ type }) => type === 'event').map(({ json }) => fromJson<EventRecord>(json));
  return events.filter(({ event }) => event.type === 'adopted');
}

/** As if the account had last been read so long ago. */
async function readAgo(deps: AdopterDeps, ms: number): Promise<void> {
  const atMs = (await redisTimeMs(rig().redis)) - ms;
  deps.askedAtMs.set('main', atMs);
  await rig().redis.hset(accountKeys('main').landed, { positions: atMs, orders: atMs });
}

/** As if the one listing that has shown the position so far had been so long ago. */
async function sightedAgo(ms: number): Promise<void> {
  const key = accountKeys('main').unattended;
  const noted = fromJson<object>((await rig().redis.hget(key, slotOf(PLACE))) ?? '');
  const seenMs = (await redisTimeMs(rig().redis)) - ms;
  await rig().redis.hset(key, slotOf(PLACE), toJson({ ...noted, firstSeenMs: seenMs, lastSeenMs: seenMs }));
}

/** As if a listing had shown the position ten seconds ago, and again now. */
async function seenTenSecondsAgo(deps: AdopterDeps): Promise<void> {
  await deps.refresh('main', AbortSignal.timeout(5_000));
  await sightedAgo(10_000);
  await deps.refresh('main', AbortSignal.timeout(5_000));
}

test('S-22 a position that nobody planned gets its stop under protect-only, nothing else, and is unprotected no longer', async () => {
  const seat = await rig().seat();
  rig().work([seat]);
  run(await maintenance(PROTECT, seat));
  await byHand('Buy', '100');
  await untilProtected(rig(), await keeper(), { legs: [], stop: '90' });

  const { unprotectedMs } = (await rig().venue.truth()).totals;
  expect(unprotectedMs).toBeGreaterThan(0);
  const later = (await rig().venue.truth()).nowMs + 500;
  await expect.poll(async () => (await rig().venue.truth()).nowMs, SOON).toBeGreaterThan(later);
  expect((await rig().venue.truth()).totals.unprotectedMs).toBe(unprotectedMs);
  expect(await position()).toMatchObject({ side: 'Buy', size: '100' });
  expect((await rig().venue.truth()).executions).toHaveLength(1);
});

test('S-23 a template puts its ladder up, and what the trader did in the second before is counted once', async () => {
  const seat = await rig().seat();
  rig().work([seat]);
  run(await maintenance(MANAGE, seat));
  await byHand('Buy', '100');
  const ref = await keeper();
  await untilProtected(rig(), ref, { legs: ['t1', 't2'], stop: '90' });

  await byHand('Sell', '40', true);
  await rig().forget(ref);
  const ladder = async (): Promise<readonly string[]> =>
    (await rig().venue.truth()).openOrders.flatMap(({ stopOrderType, leavesQty }) =>
      stopOrderType === '' ? [leavesQty] : [],
    );
  await expect.poll(ladder, SOON).toEqual(['36', '24']);
  const { executed } = await peekCheck(rig().redis, ref);
  expect([...executed].map(([by, { qty }]) => [by, qty])).toEqual([['external-out', decimal('40')]]);
});

test('under ignore nothing is adopted and no account is read for it', async () => {
  const seat = await rig().seat();
  const deps = await maintenance({ mode: 'ignore' }, seat);
  await byHand('Buy', '100');
  await seenTenSecondsAgo(deps);
  await readAgo(deps, 31_000);
  const before = listingCalls(await rig().venue.truth());
  for (let pass = 0; pass < 5; pass += 1) await look(deps);
  expect(listingCalls(await rig().venue.truth())).toBe(before);
  expect(await listActive(rig().redis, 'main')).toEqual([]);
});

test('S-23 a planned position that somebody turned round is adopted as what it is when its plan has ended', async () => {
  const seat = await rig().seat();
  const ref = await rig().accept(marketPlan('main', 0));
  rig().work([seat]);
  await untilProtected(rig(), ref, { legs: ['t1', 't2'] });
  run(await maintenance(PROTECT, seat));

  await byHand('Sell', '250');
  const holderAfterALook = async (): Promise<string | undefined> => {
    await rig().forget(ref);
    return (await listActive(rig().redis, 'main'))[0]?.monitorId;
  };
  await expect.poll(holderAfterALook, { ...SOON, interval: 500 }).not.toBe(ref.monitorId);
  await untilProtected(rig(), await keeper(ref), { legs: [], stop: '109.98' }); // 10 % from where the market order filled
  expect(await position()).toMatchObject({ side: 'Sell', size: '150' });
});

test('a stop that stands is not touched under protect-only, wherever it is and whatever triggers it', async () => {
  const seat = await rig().seat();
  await byHand('Buy', '100');
  const stop = { ...PLACE, triggerPrice: decimal('60'), triggerBy: 'MarkPrice' } as const;
  const options = { signal: AbortSignal.timeout(5_000), beforeSend: async () => {} };
  await seat.exchangeOf('main').setStop(stop, options);
  rig().work([seat]);
  run(await maintenance(PROTECT, seat));

  await untilProtected(rig(), await keeper(), { legs: [], stop: '60' });
  expect(countCalls(await rig().venue.truth(), 'position/trading-stop')).toBe(1);
});

test('S-24 several maintenance processes adopt a position once, and it is told once', async () => {
  const seats = [await rig().seat(), await rig().seat()];
  rig().work(seats);
  for (const seat of seats) run(await maintenance(PROTECT, seat));
  await byHand('Buy', '100');
  const ref = await keeper();
  await untilProtected(rig(), ref, { legs: [], stop: '90' });
  expect(await adoptions()).toMatchObject([
    { ...ref, event: { detail: { mode: 'protect-only', side: 'Buy', qty: '100', stop: '90' } } },
  ]);
});

test('a restart adopts nothing twice; a plan that ended while its position stands is followed by one with its own id', async () => {
  const seat = await rig().seat();
  await byHand('Buy', '100');
  const first = await maintenance(PROTECT, seat);
  await seenTenSecondsAgo(first);
  await look(first);
  const ref = await keeper();

  const restarted = await maintenance(PROTECT, seat);
  await restarted.refresh('main', AbortSignal.timeout(5_000));
  await look(restarted);
  expect(await adoptions()).toHaveLength(1);

  await closeMonitor(rig().redis, ref);
  await drainAll(rig().redis, archive);
  await rig().redis.del(accountKeys('main').plan(ref.monitorId)); // closed for over an hour: the archive alone knows it
  await seenTenSecondsAgo(restarted);
  await look(restarted);
  const [again, none] = await listActive(rig().redis, 'main');
  expect(none).toBeUndefined();
  expect(again?.monitorId).not.toBe(ref.monitorId);
  expect(await getPlans(rig().redis, again === undefined ? [] : [again])).toMatchObject([{ adopted: {} }]);
});

test('one listing proves nothing, nor do two between which something of ours was sent on the symbol', async () => {
  const seat = await rig().seat();
  const deps = await maintenance(PROTECT, seat);
  await byHand('Buy', '100');
  for (let pass = 0; pass < 5; pass += 1) await look(deps);
  expect(await listActive(rig().redis, 'main')).toEqual([]);

  await seenTenSecondsAgo(deps);
  await rig().redis.hset(accountKeys('main').dirty, `${slotOf(PLACE)}:at`, (await redisTimeMs(rig().redis)) - 1_000);
  await look(deps);
  expect(await listActive(rig().redis, 'main')).toEqual([]);

  await rig().redis.del(accountKeys('main').dirty);
  await look(deps);
  expect(await listActive(rig().redis, 'main')).toMatchObject([PLACE]);
});

test('nothing is adopted while Redis has lost its data and the plans are not back', async () => {
  const seat = await rig().seat();
  const deps = await maintenance(PROTECT, seat);
  await byHand('Buy', '100');
  await seenTenSecondsAgo(deps);
  deps.lives.set(bucket, 'another life');
  await look(deps);
  expect(await listActive(rig().redis, 'main')).toEqual([]);
});

test('an account that nobody reads is read each 30 s, and once more to prove what was found', async () => {
  const seat = await rig().seat();
  const deps = await maintenance(PROTECT, seat);
  const calls = async (): Promise<number> => countCalls(await rig().venue.truth(), 'position/list');
  const before = await calls();
  for (let pass = 0; pass < 5; pass += 1) await look(deps);
  expect((await calls()) - before).toBe(1);

  await readAgo(deps, 29_000);
  await look(deps);
  expect((await calls()) - before).toBe(1);
  await byHand('Buy', '100');
  await readAgo(deps, 31_000);
  for (let pass = 0; pass < 5; pass += 1) await look(deps);
  expect((await calls()) - before).toBe(2);

  await sightedAgo(6_000);
  await readAgo(deps, 6_000);
  for (let pass = 0; pass < 5; pass += 1) await look(deps);
  expect((await calls()) - before).toBe(3);
  expect(await listActive(rig().redis, 'main')).toMatchObject([PLACE]);
});

test('a reading that fails is not asked for again at once', async () => {
  const deps = await maintenance(PROTECT, await rig().seat());
  await byHand('Buy', '100');
  await deps.refresh('main', AbortSignal.timeout(5_000));
  await sightedAgo(6_000);
  let asked = 0;
  const refresh = (): Promise<string> => Promise.resolve(`not read: ${(asked += 1)}`);
  for (let pass = 0; pass < 5; pass += 1) await look({ ...deps, refresh });
  expect(asked).toBe(1);
});
