import { parseOrderLinkId } from '@backstop/core';
import { limitEntry, marketEntry } from '@backstop/core/testing';
import { restore } from '@backstop/maintenance/restore';
import { drainAll } from '@backstop/maintenance/tasks/drain-outbox';
import { accountKeys, getPlans, installation, listActive, peekCheck, type Archive } from '@backstop/store';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testArchive, type TestArchive } from '../support/archive.ts';
import { closeMonitor } from '../support/close-monitor.ts';
import { marketPlan, planOn, restingPlan } from '../support/plans.ts';
import { protect, SOON, untilProtected } from '../support/protect.ts';
import { countCalls, openLegs, openPosition } from '../support/truth.ts';
import { useRig } from '../support/use-rig.ts';

const rig = useRig();
let folder: TestArchive;
let archive: Archive;

beforeEach(async () => {
  folder = await testArchive(); // of each test its own: what another left active would come back too
  archive = await folder.open();
});
afterEach(() => folder[Symbol.asyncDispose]());

/** Everything that Redis held is gone; what was archived before, and the exchange, are still there. */
async function lose(): Promise<void> {
  await drainAll(rig().redis, archive);
  await rig().reset({ keepVenue: true });
}

test('F-43 S-24 plans come back under a raised epoch, know their working orders again and send nothing twice', async () => {
  const plan = planOn('main', 0, { entries: [marketEntry('100'), limitEntry('e1', '100', '95')] });
  const ref = await rig().accept(plan);
  const wanted = { legs: ['e1', 't1', 't2', 't3', 't4'] };
  await restore(rig().redis, archive, rig().log); // as maintenance does when it starts
  await protect(rig(), [await rig().seat()], ref, wanted);
  const letters = await installation(rig().redis);
  const before = await rig().venue.truth();

  await lose();
  expect(await restore(rig().redis, archive, rig().log)).toBeGreaterThanOrEqual(1);
  expect(await installation(rig().redis)).toBe(letters);
  const [restored] = await getPlans(rig().redis, [ref]);
  expect(restored).toMatchObject({ id: plan.id, restoreEpoch: 1 });
  const seat = await rig().seat();
  await protect(rig(), [seat], ref, wanted);
  await seat.check(ref, 'limit-order');

  const truth = await rig().venue.truth();
  for (const endpoint of ['order/create', 'order/create-batch']) {
    expect(countCalls(truth, endpoint)).toBe(countCalls(before, endpoint));
  }
  expect(truth.duplicates).toEqual([]);
  expect(openPosition(truth, ref)?.size).toBe('100');
});

test('S-24 what is placed after it has an id of the new epoch', async () => {
  const ref = await rig().accept(marketPlan('main', 0));
  await restore(rig().redis, archive, rig().log);
  await protect(rig(), [await rig().seat()], ref, { legs: ['t1', 't2'] });
  await lose();
  await restore(rig().redis, archive, rig().log);

  rig().work([await rig().seat()]);
  await untilProtected(rig(), ref, { legs: ['t1', 't2'] });
  const { openOrders } = await rig().venue.truth();
  const first = openOrders.find(({ orderLinkId }) => orderLinkId.includes('-t1-'))?.orderLinkId ?? '';
  await rig().venue.cancel({ ...ref, orderLinkId: first });
  await rig().forget(ref);
  await expect
    .poll(async () => {
      const orders = (await rig().venue.truth()).openOrders;
      return orders.flatMap(({ orderLinkId }) => parseOrderLinkId(orderLinkId) ?? []);
    }, SOON)
    .toContainEqual(expect.objectContaining({ leg: 't1', restoreEpoch: 1 }));
});

test('F-11 a position that the stop closed meanwhile is not entered again', async () => {
  const plan = planOn('main', 0, {
    entries: [marketEntry('100'), limitEntry('e1', '100', '95')],
    cancelEntriesAfterTakeProfit: 1,
  });
  const ref = await rig().accept(plan);
  await restore(rig().redis, archive, rig().log);
  await protect(rig(), [await rig().seat()], ref, { legs: ['e1', 't1', 't2', 't3', 't4'] });
  await lose();
  const { openOrders } = await rig().venue.truth();
  const entry = openOrders.find(({ orderLinkId }) => orderLinkId.includes('-e1-'))?.orderLinkId ?? '';
  await rig().venue.cancel({ ...ref, orderLinkId: entry });
  await rig().venue.price(ref.symbol, '89');
  await rig().venue.price(ref.symbol, '100');
  await rig().seePrices();

  await restore(rig().redis, archive, rig().log);
  rig().work([await rig().seat()]);
  await expect
    .poll(async () => (await peekCheck(rig().redis, ref)).states['tp-sl'].state, SOON)
    .toMatchObject({ stage: 'closing', closeReason: 'stop' });
  expect(openLegs(await rig().venue.truth(), ref)).toEqual([]);
});

test('a plan that closed before the loss, or while maintenance was away, is not brought back', async () => {
  const [early, late] = await rig().put(restingPlan('main', 0), restingPlan('main', 1));
  if (early === undefined || late === undefined) throw new Error('not accepted');
  await drainAll(rig().redis, archive);
  await closeMonitor(rig().redis, late); // maintenance is away: the archive still takes it for active
  await rig().redis.del(accountKeys('main').plan(late.monitorId)); // and was away for more than an hour
  await restore(rig().redis, archive, rig().log);
  expect(await listActive(rig().redis, 'main')).toEqual([early]);

  await closeMonitor(rig().redis, early);
  await lose();
  await restore(rig().redis, archive, rig().log);
  expect((await listActive(rig().redis, 'main')).map(({ monitorId }) => monitorId)).not.toContain(early.monitorId);
});

test('a slot that somebody has taken since keeps only its own plan from coming back', async () => {
  const [taken, free] = await rig().put(restingPlan('main', 0), restingPlan('main', 1));
  if (taken === undefined || free === undefined) throw new Error('not accepted');
  await lose();
  const newcomer = await rig().accept(restingPlan('main', 0));
  await restore(rig().redis, archive, rig().log);

  const active = await listActive(rig().redis, 'main');
  expect(active).toContainEqual(newcomer);
  expect(active).toContainEqual(free);
  expect(active).not.toContainEqual(taken);
});
