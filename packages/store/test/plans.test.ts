import { decimal } from '@backstop/core';
import { expect, test } from 'vitest';
import {
  accountKeys,
  bucketKeys,
  bucketOf,
  countDue,
  getPlans,
  listActive,
  oldestChecked,
  putPlans,
  readCheck,
  readOutbox,
  takeDue,
  toMember,
} from '../src/index.ts';
import { aPlan, accept, newPlan, redisMs, REF, useRedis } from './account.ts';

const redis = useRedis();
const bucket = bucketOf(REF.account);
const ETH = { ...REF, symbol: 'ETHUSDT', monitorId: 'bbbbbbbbbbbb' };

test('an accepted plan is active, readable, and due at once in both lanes', async () => {
  expect(await putPlans(redis(), [newPlan(REF), newPlan(ETH)])).toEqual({ accepted: [REF, ETH], taken: [] });

  expect(await listActive(redis(), REF.account)).toEqual(expect.arrayContaining([REF, ETH]));
  expect(await getPlans(redis(), [ETH, REF])).toEqual([aPlan(ETH), aPlan(REF)]);
  expect(await countDue(redis(), bucket, 'tp-sl')).toBe(2);
  expect(await countDue(redis(), bucket, 'limit-order')).toBe(2);
  expect(await oldestChecked(redis(), bucket)).toMatchObject({ count: 2 });
});

test('a plan that has time is due when it is to be, in both lanes, and counts as unchecked from the start', async () => {
  const before = await redisMs(redis());
  await putPlans(redis(), [{ ...newPlan(REF), dueInMs: 90_000 }, newPlan(ETH)]);

  for (const lane of ['tp-sl', 'limit-order'] as const) {
    expect(await takeDue(redis(), bucket, lane, { limit: 5 })).toEqual([ETH]);
    const dueMs = Number(await redis().zscore(accountKeys(REF.account).due(lane), toMember(REF)));
    expect(dueMs - before).toBeGreaterThanOrEqual(90_000);
  }
  expect(await oldestChecked(redis(), bucket)).toMatchObject({ count: 2 });
});

test('its entries may have more time than its stop', async () => {
  const before = await redisMs(redis());
  await putPlans(redis(), [{ ...newPlan(REF), dueInMs: 30_000, entriesDueInMs: 60_000 }]);
  const due = accountKeys(REF.account).due;
  expect(Number(await redis().zscore(due('tp-sl'), toMember(REF))) - before).toBeLessThan(60_000);
  expect(Number(await redis().zscore(due('limit-order'), toMember(REF))) - before).toBeGreaterThanOrEqual(60_000);
});

test('an accepted plan starts at version 0 with the states given, and no execution seen', async () => {
  await accept(redis(), REF);

  const check = await readCheck(redis(), REF, 'tp-sl', 'token');
  expect(check.states['tp-sl']).toMatchObject({ version: 0, state: { stage: 'waiting' } });
  expect(check.states['limit-order']).toMatchObject({ version: 0, state: { ended: {} } });
  expect(check.executionsSeq).toBe(-1);
});

test('each accepted plan is told to the archive with its first states', async () => {
  await accept(redis(), REF, ETH);

  const entries = await readOutbox(redis(), bucket, '0', 10);
  expect(entries.map(({ type }) => type)).toEqual(['planned', 'planned']);
  expect(JSON.parse(entries[1]?.json ?? '')).toMatchObject({
    ...ETH,
    states: newPlan().states,
    plan: { id: ETH.monitorId },
  });
});

test('the event of a plan is told with its acceptance, and not where its slot is taken', async () => {
  const event = { id: 'aaaaaaaaaaaa:adopted', type: 'adopted', atMs: 1, detail: { mode: 'ignore' } } as const;
  await putPlans(redis(), [{ ...newPlan(REF), event }, newPlan(ETH)]);
  await putPlans(redis(), [{ ...newPlan(REF), event }]);

  const entries = await readOutbox(redis(), bucket, '0', 10);
  expect(entries.map(({ type }) => type)).toEqual(['planned', 'event', 'planned']);
  expect(JSON.parse(entries[1]?.json ?? '')).toEqual({ ...REF, lane: 'tp-sl', event });
});

test('nothing is written when one slot is taken, in whichever account', async () => {
  await accept(redis(), REF);
  const before = await redis().dbsize();

  const other = { ...REF, account: 'mirror', monitorId: 'cccccccccccc' };
  const again = { ...REF, monitorId: 'dddddddddddd' };
  const result = await putPlans(redis(), [newPlan(other), newPlan(ETH), newPlan(again)]);

  expect(result).toEqual({
    accepted: [],
    taken: [{ account: 'main', symbol: 'BTCUSDT', positionIdx: 0, monitorId: REF.monitorId }],
  });
  expect(await redis().dbsize()).toBe(before);
  expect(await listActive(redis(), 'mirror')).toEqual([]);
});

test('two plans of one call for the same slot are refused, and name the first', async () => {
  const second = { ...REF, monitorId: 'eeeeeeeeeeee' };
  const { accepted, taken } = await putPlans(redis(), [newPlan(REF), newPlan(second)]);
  expect(accepted).toEqual([]);
  expect(taken).toEqual([{ account: 'main', symbol: 'BTCUSDT', positionIdx: 0, monitorId: REF.monitorId }]);
  expect(await redis().dbsize()).toBe(0);
});

test('long and short of one symbol in hedge mode are two slots', async () => {
  const short = { ...REF, positionIdx: 2 as const, monitorId: 'ffffffffffff' };
  const long = { ...REF, positionIdx: 1 as const };
  expect(await putPlans(redis(), [newPlan(long), newPlan(short)])).toMatchObject({ accepted: [long, short] });
});

test('of many callers that claim one slot at the same time exactly one gets it, with all of its plans', async () => {
  const callers = Array.from({ length: 20 }, (_, index) => {
    const id = index.toString().padStart(12, 'a');
    return putPlans(redis(), [
      newPlan({ ...REF, monitorId: id }),
      newPlan({ ...REF, symbol: `S${index}`, monitorId: `b${id}` }),
    ]);
  });
  const results = await Promise.all(callers);

  expect(results.filter(({ accepted }) => accepted.length === 2)).toHaveLength(1);
  expect(results.filter(({ taken }) => taken.length === 1)).toHaveLength(19);
  expect(await redis().hlen(accountKeys(REF.account).active)).toBe(2);
  expect(await redis().xlen(bucketKeys(bucket).outbox)).toBe(2);
});

test('a plan comes back exactly as it was put', async () => {
  const plan = {
    ...aPlan(),
    priceBand: decimal('0.000000000001'),
    entriesExpireAtMs: 5,
    referencePrice: decimal('123456789.5'),
  };
  await putPlans(redis(), [{ ...newPlan(), plan }]);
  expect(await getPlans(redis(), [REF])).toEqual([plan]);
  expect(await getPlans(redis(), [{ ...REF, monitorId: 'unknown' }])).toEqual([undefined]);
});
