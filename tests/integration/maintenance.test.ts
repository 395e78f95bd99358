import { type OrderSpec, formatOrderLinkId, initialState, parseOrderLinkId, toJson } from '@backstop/core';
import { limitEntry, marketEntry } from '@backstop/core/testing';
import { answerCommand } from '@backstop/maintenance/answer-command';
import { restore } from '@backstop/maintenance/restore';
import { cancelOrphans } from '@backstop/maintenance/tasks/cancel-orphans';
import { drainAll } from '@backstop/maintenance/tasks/drain-outbox';
import {
  bucketOf,
  getPlans,
  installation,
  listActive,
  maintenanceWorker,
  outboxNonce,
  outboxSize,
  peekCheck,
  readCheck,
  readOutbox,
  recordCheck,
  type Archive,
  type MonitorRef,
} from '@backstop/store';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { testArchive, type TestArchive } from '../support/archive.ts';
import type { Seat } from '../support/desk-rig.ts';
import { marketPlan, planOn, restingPlan } from '../support/plans.ts';
import { protect, SOON, untilProtected } from '../support/protect.ts';
import { countCalls, openLegs, openPosition } from '../support/truth.ts';
import { useRig } from '../support/use-rig.ts';

const rig = useRig();
const bucket = bucketOf('main');
let folder: TestArchive;
let archive: Archive;

beforeAll(async () => {
  folder = await testArchive();
});
beforeEach(async () => {
  archive = await folder.open();
});
afterAll(() => folder[Symbol.asyncDispose]());

/** Ends a monitor without touching its orders. */
async function close(ref: MonitorRef): Promise<void> {
  const { states } = await readCheck(rig().redis, ref, 'tp-sl', 'token');
  const state = toJson({ ...initialState('tp-sl'), stage: 'closed' });
  const record = { ref, lane: 'tp-sl', token: 'token', version: states['tp-sl'].version, state } as const;
  expect(await recordCheck(rig().redis, { ...record, events: [], dueInMs: undefined, closed: true })).toBe('recorded');
}

describe('the outbox', () => {
  test('is archived exactly once over a crash between storing and trimming', async () => {
    const before = await archive.counts();
    const refs = await rig().put(...[0, 1, 2].map((index) => restingPlan('main', index)));
    const nonce = await outboxNonce(rig().redis, bucket);
    const entries = await readOutbox(rig().redis, bucket, '0', 100);
    expect(entries).toHaveLength(3);
    await archive.drain(bucket, nonce, entries); // and then the process dies: nothing is trimmed

    archive = await folder.open();
    const [ref] = refs;
    if (ref === undefined) throw new Error('not accepted');
    await close(ref);
    expect(await drainAll(rig().redis, archive)).toBe(1);
    expect((await outboxSize(rig().redis, bucket)).count).toBe(0);
    const after = await archive.counts();
    expect(after.plans - before.plans).toBe(3);
    expect(after.activePlans - before.activePlans).toBe(2);
    expect(await drainAll(rig().redis, archive)).toBe(0);
  });

  test('what an earlier process stored but did not trim is trimmed by the next, also when nothing is new', async () => {
    await rig().put(restingPlan('main', 0));
    await archive.drain(
      bucket,
      await outboxNonce(rig().redis, bucket),
      await readOutbox(rig().redis, bucket, '0', 100),
    );
    expect((await outboxSize(rig().redis, bucket)).count).toBe(1);
    await drainAll(rig().redis, archive);
    expect((await outboxSize(rig().redis, bucket)).count).toBe(0);
  });

  test('two drainers at once store each entry once', async () => {
    const before = await archive.counts();
    await rig().put(...[0, 1, 2, 3].map((index) => restingPlan('main', index)));
    const drained = await Promise.all([drainAll(rig().redis, archive), drainAll(rig().redis, archive)]);
    expect(drained.reduce((sum, count) => sum + count, 0)).toBe(4);
    expect((await archive.counts()).plans - before.plans).toBe(4);
  });

  test('the persist command over the queue returns when everything is durable', async () => {
    await using _worker = maintenanceWorker(rig().redisUrl, (command) =>
      answerCommand(command, { redis: rig().redis, archive }),
    );
    const plan = restingPlan('main', 0);
    await rig().put(plan);
    const reply = await rig().queues.ask({ type: 'persist' }, { timeoutMs: 10_000 });

    expect(reply).toMatchObject({ drained: 1 });
    archive = await folder.open(); // as another process finds it
    expect((await archive.activePlans()).map(({ id }) => id)).toContain(plan.id);
  });
});

describe('orphans', () => {
  const deps = (seat: Seat): Parameters<typeof cancelOrphans>[0] => ({
    redis: rig().redis,
    archive,
    accounts: ['main', 'other'],
    exchangeOf: seat.exchangeOf,
    log: rig().log,
  });
  const signal = AbortSignal.timeout(60_000);

  /** An order under our installation's letters that no monitor has placed. */
  async function stray(seat: Seat, planId: string): Promise<void> {
    const leg = { leg: 'e1', restoreEpoch: 0, generation: 0 } as const;
    const order: OrderSpec = {
      symbol: 'COIN0USDT',
      positionIdx: 0,
      orderLinkId: formatOrderLinkId({ installation: seat.installation, planId, ...leg }),
      side: 'Buy',
      orderType: 'Limit',
      qty: 10n ** 12n,
      price: 80n * 10n ** 12n,
      timeInForce: 'GTC',
      reduceOnly: false,
      closeOnTrigger: false,
    };
    const options = { signal, beforeSend: async () => {} };
    expect(await seat.exchangeOf('main').createOrders([order], options)).toMatchObject([{ ok: true }]);
  }

  test('an order of an unknown plan is told of and left alone, however long it is there', async () => {
    const seat = await rig().seat();
    await stray(seat, 'zzzzzzzzzzzz');
    await seat.read(await rig().accept(restingPlan('main', 1)));
    await cancelOrphans(deps(seat), signal, 0);

    expect((await rig().venue.truth()).openOrders).toHaveLength(1);
    expect(rig().lines).toContainEqual(expect.objectContaining({ msg: 'order of an unknown plan left alone' }));
  });

  test('F-34 an order of a closed plan is cancelled once it was seen for long enough, others are not touched', async () => {
    const seat = await rig().seat();
    const [closed, active] = await rig().put(restingPlan('main', 0), restingPlan('main', 1));
    if (closed === undefined || active === undefined) throw new Error('not accepted');
    for (const ref of [closed, active]) await seat.check(ref, 'limit-order');
    await close(closed);
    await drainAll(rig().redis, archive);
    await rig().forget(active);
    await seat.read(active);

    await cancelOrphans(deps(seat), signal);
    expect((await rig().venue.truth()).openOrders).toHaveLength(2);
    await cancelOrphans(deps(seat), signal, 0);
    const truth = await rig().venue.truth();
    expect(openLegs(truth, closed)).toEqual([]);
    expect(openLegs(truth, active)).toEqual(['e1']);
  });

  test('orders of unknown plans do not use up what may be cancelled in one pass', async () => {
    const seat = await rig().seat();
    const closed = await rig().accept(restingPlan('main', 0));
    await seat.check(closed, 'limit-order');
    await close(closed);
    await drainAll(rig().redis, archive);
    for (const letter of 'abcdefgh') await stray(seat, letter.repeat(12));
    await seat.read(await rig().accept(restingPlan('main', 1)));

    await cancelOrphans(deps(seat), signal, 0);
    expect(openLegs(await rig().venue.truth(), closed)).toHaveLength(8);
  });
});

describe('after a loss of Redis', () => {
  async function lose(): Promise<void> {
    await drainAll(rig().redis, archive);
    await rig().reset({ keepVenue: true });
  }

  test('S-24 plans come back under a raised epoch, know their working orders again and send nothing twice', async () => {
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

    await using _work = rig().work([await rig().seat()]);
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
    await using _work = rig().work([await rig().seat()]);
    await expect
      .poll(async () => (await peekCheck(rig().redis, ref)).states['tp-sl'].state, SOON)
      .toMatchObject({ stage: 'closing', closeReason: 'stop' });
    expect(openLegs(await rig().venue.truth(), ref)).toEqual([]);
  });

  test('a plan that closed before the loss, or lately, is not brought back', async () => {
    const [early, late] = await rig().put(restingPlan('main', 0), restingPlan('main', 1));
    if (early === undefined || late === undefined) throw new Error('not accepted');
    await drainAll(rig().redis, archive);
    await close(late); // maintenance is away: the archive still takes it for active
    await restore(rig().redis, archive, rig().log);
    expect(await listActive(rig().redis, 'main')).toEqual([early]);

    await close(early);
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
});
