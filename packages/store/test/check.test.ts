import { expect, test } from 'vitest';
import {
  accountKeys,
  bucketOf,
  cacheStats,
  countDue,
  getPlans,
  KEEP_CLOSED_MS,
  listActive,
  oldestChecked,
  openIntents,
  peekCheck,
  putInstruments,
  putPlans,
  putPrices,
  readCheck,
  readOutbox,
  recordCheck,
  setDueNow,
  setDueWithin,
  takeDue,
  touchChecked,
  type CheckRecord,
} from '../src/index.ts';
import { accept, LIMIT_ORDER_STATE, newPlan, nextMs, redisMs, REF, TP_SL_STATE, useRedis } from './account.ts';

const redis = useRedis();
const bucket = bucketOf(REF.account);
const keys = accountKeys(REF.account);
const MEMBER = 'main|BTCUSDT|0|aaaaaaaaaaaa';

function aRecord(part: Partial<CheckRecord> = {}): CheckRecord {
  const state = TP_SL_STATE.replace('waiting', 'open');
  return { ref: REF, lane: 'tp-sl', token: 'token', version: 0, state, events: [], dueInMs: 5_000, ...part };
}

async function dueInMs(lane: 'tp-sl' | 'limit-order' = 'tp-sl'): Promise<number | undefined> {
  const score = await redis().zscore(keys.due(lane), MEMBER);
  return score === null ? undefined : Number(score) - (await redisMs(redis()));
}

test('reading for a check consumes a due time that has come: it moves on by the lease', async () => {
  await accept(redis(), REF);
  const { nowMs } = await readCheck(redis(), REF, 'tp-sl', 'token');
  expect(await redis().zscore(keys.due('tp-sl'), MEMBER)).toBe(`${nowMs + 15_000}`);
  expect(await countDue(redis(), bucket, 'limit-order')).toBe(1);
});

test('reading for a check consumes what was asked for until then, and a lost check is due again after the lease', async () => {
  await accept(redis(), REF);
  await redis().zadd(keys.due('tp-sl'), (await redisMs(redis())) + 60_000, MEMBER);
  await readCheck(redis(), REF, 'tp-sl', 'token');
  expect(await dueInMs()).toBeLessThanOrEqual(15_000);
});

test.each(['record', 'touch'] as const)(
  'a check asked for meanwhile is not put off, although a scheduler has taken it: %s',
  async (how) => {
    await accept(redis(), REF);
    await readCheck(redis(), REF, 'tp-sl', 'token');
    await setDueNow(redis(), REF, 'tp-sl');
    await takeDue(redis(), bucket, 'tp-sl', { limit: 1 }); // its job is dropped: one is active
    await setDueWithin(redis(), REF, 'tp-sl', 250);

    if (how === 'record') await recordCheck(redis(), aRecord());
    else await touchChecked(redis(), REF, 'tp-sl', { dueInMs: 20_000 });
    expect(await dueInMs()).toBeLessThanOrEqual(250);
  },
);

test('a check asked for while one without further work was running stays due', async () => {
  await accept(redis(), REF);
  await readCheck(redis(), REF, 'limit-order', 'token');
  await setDueWithin(redis(), REF, 'limit-order', 250);
  await touchChecked(redis(), REF, 'limit-order', { dueInMs: undefined });
  expect(await dueInMs('limit-order')).toBeLessThanOrEqual(250);
});

test('an unknown or closed monitor has no plan, takes no fence and is not due any more', async () => {
  await redis().zadd(keys.due('tp-sl'), 1, MEMBER);
  expect(await readCheck(redis(), REF, 'tp-sl', 'token')).toMatchObject({
    plan: undefined,
    position: { kind: 'missing' },
  });
  expect(await redis().dbsize()).toBe(0);
});

test('a check reads price and instrument of its own symbol', async () => {
  await accept(redis(), REF);
  const prices = { last: 1n, mark: 2n, index: 3n, atMs: 4 };
  const instrument = {
    symbol: 'BTCUSDT',
    status: 'Trading',
    tickSize: 1n,
    qtyStep: 1n,
    minOrderQty: 1n,
    maxOrderQty: 1n,
  };
  const rules = { ...instrument, maxMktOrderQty: 1n, minNotionalValue: 5n, deliveryTimeMs: 0 };
  await putPrices(redis(), bucket, new Map(Object.entries({ BTCUSDT: prices, ETHUSDT: { ...prices, last: 9n } })));
  await putInstruments(redis(), bucket, new Map([['BTCUSDT', rules]]));

  expect(await readCheck(redis(), REF, 'limit-order', 'token')).toMatchObject({ prices, instrument: rules });
});

test('recording raises the version, keeps the state and tells events, decision and state in this order', async () => {
  await accept(redis(), REF);
  const event = { id: 'event-1', type: 'stage-changed', atMs: 5, detail: { to: 'open' } } as const;
  expect(await recordCheck(redis(), aRecord({ events: [event], decision: { actions: ['set-stop'] } }))).toBe(
    'recorded',
  );

  const { states } = await readCheck(redis(), REF, 'tp-sl', 'token');
  expect(states['tp-sl']).toMatchObject({ version: 1, state: { stage: 'open' } });
  expect(states['limit-order'].version).toBe(0);
  const entries = await readOutbox(redis(), bucket, '0', 10);
  expect(entries.map(({ type }) => type)).toEqual(['planned', 'event', 'decision', 'state']);
  expect(JSON.parse(entries[1]?.json ?? '')).toMatchObject({ ...REF, lane: 'tp-sl', event });
  expect(JSON.parse(entries[3]?.json ?? '')).toMatchObject({ version: 1, closed: false });
});

test('F-36 recording on a version that has moved on is a conflict and writes nothing', async () => {
  await accept(redis(), REF);
  await recordCheck(redis(), aRecord());
  const outbox = await redis().xlen(keys.outbox);

  expect(await recordCheck(redis(), aRecord({ state: '{"stage":"closing"}', dueInMs: 1 }))).toBe('conflict');
  expect(await redis().xlen(keys.outbox)).toBe(outbox);
  expect((await readCheck(redis(), REF, 'tp-sl', 'token')).states['tp-sl'].state).toMatchObject({ stage: 'open' });
  expect(await dueInMs()).toBeGreaterThan(4_000);
});

test('of many recordings of one version exactly one succeeds', async () => {
  await accept(redis(), REF);
  const results = await Promise.all(Array.from({ length: 20 }, () => recordCheck(redis(), aRecord())));
  expect(results.filter((result) => result === 'recorded')).toHaveLength(1);
  expect((await readCheck(redis(), REF, 'tp-sl', 'token')).states['tp-sl'].version).toBe(1);
});

test('the lanes have versions of their own', async () => {
  await accept(redis(), REF);
  expect(await recordCheck(redis(), aRecord())).toBe('recorded');
  expect(await recordCheck(redis(), aRecord({ lane: 'limit-order', state: LIMIT_ORDER_STATE }))).toBe('recorded');
});

test.each(['record', 'touch'] as const)(
  'a check asked for meanwhile stays due when the running one is done: %s',
  async (how) => {
    await accept(redis(), REF);
    await readCheck(redis(), REF, 'tp-sl', 'token');
    await setDueNow(redis(), REF, 'tp-sl');

    if (how === 'record') await recordCheck(redis(), aRecord());
    else await touchChecked(redis(), REF, 'tp-sl', { dueInMs: 5_000 });
    expect(await dueInMs()).toBeLessThanOrEqual(0);
  },
);

test.each(['record', 'touch'] as const)('after a check the monitor is due when it said: %s', async (how) => {
  await accept(redis(), REF);
  await readCheck(redis(), REF, 'tp-sl', 'token');

  if (how === 'record') await recordCheck(redis(), aRecord());
  else await touchChecked(redis(), REF, 'tp-sl', { dueInMs: 5_000 });
  expect(await dueInMs()).toBeGreaterThan(4_000);
  expect(await dueInMs()).toBeLessThanOrEqual(5_000);
});

test('a lane without work is not due in it, until somebody asks', async () => {
  await accept(redis(), REF);
  await readCheck(redis(), REF, 'limit-order', 'token');
  await touchChecked(redis(), REF, 'limit-order', { dueInMs: undefined });
  expect(await dueInMs('limit-order')).toBeUndefined();

  expect(await setDueNow(redis(), REF, 'limit-order')).toBe(true);
  expect(await dueInMs('limit-order')).toBeLessThanOrEqual(0);
});

test.each(['record', 'touch'] as const)('only checks of the tp-sl lane count as checked: %s', async (how) => {
  await accept(redis(), REF);
  const accepted = (await oldestChecked(redis(), bucket)).atMs ?? 0;
  await nextMs(redis());
  const limitOrder = { lane: 'limit-order', state: LIMIT_ORDER_STATE } as const;
  if (how === 'record') await recordCheck(redis(), aRecord(limitOrder));
  else await touchChecked(redis(), REF, 'limit-order', { dueInMs: 5_000 });
  expect(await oldestChecked(redis(), bucket)).toEqual({ member: REF, atMs: accepted, count: 1 });

  if (how === 'record') await recordCheck(redis(), aRecord());
  else await touchChecked(redis(), REF, 'tp-sl', { dueInMs: 5_000 });
  expect((await oldestChecked(redis(), bucket)).atMs).toBeGreaterThan(accepted);
});

test('a check that could not be made is due again, and the monitor goes on counting as unchecked', async () => {
  await accept(redis(), REF);
  await readCheck(redis(), REF, 'tp-sl', 'token');
  const before = await oldestChecked(redis(), bucket);
  await nextMs(redis());
  await touchChecked(redis(), REF, 'tp-sl', { dueInMs: 500, made: false });
  expect(await oldestChecked(redis(), bucket)).toEqual(before);
  expect(await dueInMs()).toBeLessThanOrEqual(500);
});

test('who only looks takes no fence, moves no due time and counts nothing', async () => {
  await accept(redis(), REF);
  await readCheck(redis(), REF, 'tp-sl', 'token');
  await setDueNow(redis(), REF, 'tp-sl');
  const stats = await cacheStats(redis());
  expect(await peekCheck(redis(), REF)).toMatchObject({ plan: { id: REF.monitorId }, position: { kind: 'missing' } });

  expect(await cacheStats(redis())).toEqual(stats);
  expect(await dueInMs()).toBeLessThanOrEqual(0);
  const intents = [{ id: 'i1', type: 'set-stop', absolute: true }] as const;
  expect(await openIntents(redis(), { ref: REF, lane: 'tp-sl', token: 'token', intents })).toMatchObject({ ok: true });
});

test('closing frees the slot, ends all dues, drops the intents, and keeps plan and states for an hour', async () => {
  await accept(redis(), REF);
  await readCheck(redis(), REF, 'limit-order', 'other');
  await readCheck(redis(), REF, 'tp-sl', 'token');
  const intents = [{ id: 'i1', type: 'cancel', absolute: false }] as const;
  await openIntents(redis(), { ref: REF, lane: 'tp-sl', token: 'token', intents });
  expect(await recordCheck(redis(), aRecord({ closed: true, dueInMs: undefined }))).toBe('recorded');

  expect(await listActive(redis(), REF.account)).toEqual([]);
  expect(await redis().zcard(keys.due('tp-sl'))).toBe(0);
  expect(await redis().zcard(keys.due('limit-order'))).toBe(0);
  expect(await oldestChecked(redis(), bucket)).toEqual({ count: 0 });
  expect(await redis().exists(keys.intents(REF.monitorId))).toBe(0);
  expect(await getPlans(redis(), [REF])).toMatchObject([{ id: REF.monitorId }]);
  const kept = [keys.plan(REF.monitorId), keys.lane(REF.monitorId, 'tp-sl'), keys.executed(REF.monitorId)];
  for (const key of [...kept, keys.lane(REF.monitorId, 'limit-order')]) {
    expect(await redis().pttl(key)).toBeGreaterThan(KEEP_CLOSED_MS - 5_000);
  }
  expect(await putPlans(redis(), [newPlan({ ...REF, monitorId: 'bbbbbbbbbbbb' })])).toMatchObject({ taken: [] });
});

test('after closing, the other lane neither records, nor sends, nor becomes due again', async () => {
  await accept(redis(), REF);
  await readCheck(redis(), REF, 'limit-order', 'other');
  await readCheck(redis(), REF, 'tp-sl', 'token');
  await recordCheck(redis(), aRecord({ closed: true }));

  const late = aRecord({ lane: 'limit-order', token: 'other', state: LIMIT_ORDER_STATE });
  expect(await recordCheck(redis(), late)).toBe('conflict');
  await touchChecked(redis(), REF, 'limit-order', { dueInMs: 5_000 });
  expect(await setDueNow(redis(), REF, 'limit-order')).toBe(false);
  expect(await redis().zcard(keys.due('limit-order'))).toBe(0);
  const intents = [{ id: 'i1', type: 'create', absolute: true }] as const;
  expect(await openIntents(redis(), { ref: REF, lane: 'limit-order', token: 'other', intents })).toEqual({
    ok: false,
    why: 'fenced',
  });
});

test('a job that has lost the fence may record, since what it did is done, but it may not close', async () => {
  await accept(redis(), REF);
  await readCheck(redis(), REF, 'tp-sl', 'token');
  await readCheck(redis(), REF, 'tp-sl', 'successor');
  expect(await recordCheck(redis(), aRecord({ closed: true }))).toBe('conflict');
  expect(await listActive(redis(), REF.account)).toEqual([REF]);
  expect(await recordCheck(redis(), aRecord())).toBe('recorded');
});

test('what the cache gave is counted per kind', async () => {
  await accept(redis(), REF);
  await readCheck(redis(), REF, 'tp-sl', 'token');
  const none = { fresh: 0, patched: 0, dirty: 0, expired: 0, missed: 0 };
  expect(await cacheStats(redis())).toEqual({
    positions: { ...none, missed: 1 },
    orders: { ...none, missed: 1 },
    lookups: none,
  });
});
