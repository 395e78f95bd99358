import { type OrderSpec, formatOrderLinkId } from '@backstop/core';
import { answerCommand } from '@backstop/maintenance/answer-command';
import { cancelOrphans } from '@backstop/maintenance/tasks/cancel-orphans';
import { drainAll } from '@backstop/maintenance/tasks/drain-outbox';
import { bucketOf, maintenanceWorker, outboxNonce, outboxSize, readOutbox, type Archive } from '@backstop/store';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { testArchive, type TestArchive } from '../support/archive.ts';
import { closeMonitor } from '../support/close-monitor.ts';
import { restingPlan } from '../support/plans.ts';
import type { Seat } from '../support/seat.ts';
import { openLegs } from '../support/truth.ts';
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
    await closeMonitor(rig().redis, ref);
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
    const worker = maintenanceWorker(rig().redisUrl, (command) =>
      answerCommand(command, { redis: rig().redis, archive, refresh: () => Promise.resolve('') }),
    );
    onTestFinished(() => worker.close());
    const plan = restingPlan('main', 0);
    await rig().put(plan);
    const reply = await rig().queues.ask({ type: 'persist' }, { timeoutMs: 10_000 });

    expect(reply).toMatchObject({ drained: 1 });
    archive = await folder.open(); // as another process finds it
    expect((await archive.activePlans()).map(({ id }) => id)).toContain(plan.id);
  });
});

function deps(seat: Seat): Parameters<typeof cancelOrphans>[0] {
  return {
    redis: rig().redis,
    archive,
    accounts: ['main', 'other'],
    exchangeOf: seat.exchangeOf,
    log: rig().log,
  };
}

describe('orphans', () => {
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
    await closeMonitor(rig().redis, closed);
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
    await closeMonitor(rig().redis, closed);
    await drainAll(rig().redis, archive);
    for (const letter of 'abcdefgh') await stray(seat, letter.repeat(12));
    const other = await rig().accept(restingPlan('main', 1));
    await rig().forget(other);
    await seat.read(other);

    await cancelOrphans(deps(seat), signal, 0);
    expect(openLegs(await rig().venue.truth(), closed)).toHaveLength(8);
  });
});
