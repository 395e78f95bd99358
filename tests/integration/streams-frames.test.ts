import { auditAccount, openReceipts } from '@backstop/desk';
import { peekCheck, readStreams } from '@backstop/store';
import { expect, test } from 'vitest';
import { restingPlan } from '../support/plans.ts';
import { strike } from '../support/site.ts';
import { listeningTo, openStreamSeat, SOON, untilSynced } from '../support/streams.ts';
import { allCalls } from '../support/truth.ts';
import { useRig } from '../support/use-rig.ts';

const rig = useRig();
const ONE = 10n ** 12n;

test('a fill reaches rows and sums and wakes the monitor, without any call of the exchange', async () => {
  const { venue, redis } = rig();
  const ref = await rig().accept(restingPlan('main', 0));
  const woken: string[] = [];
  await using seat = await openStreamSeat(rig(), { wakersOf: listeningTo(woken) });
  await untilSynced(redis);
  const before = await peekCheck(redis, ref);
  expect(before.position).toMatchObject({ kind: 'row', value: undefined, vouched: true });

  woken.length = 0;
  const calls = allCalls(await venue.truth());
  await venue.trade({ account: 'main', symbol: ref.symbol, side: 'Buy', qty: '3', orderType: 'Market' });
  await expect
    .poll(async () => (await peekCheck(redis, ref)).position, SOON)
    .toMatchObject({ kind: 'row', value: { side: 'Buy', size: 3n * ONE }, vouched: true, patched: true });
  const { executed, orders, position } = await peekCheck(redis, ref);
  expect([...executed].map(([by, { qty }]) => [by, qty])).toEqual([['external-in', 3n * ONE]]);
  expect([position, orders]).toMatchObject([{ dirty: false }, { kind: 'row', value: [], dirty: false }]);
  expect(new Set(woken)).toContain(`${ref.monitorId} tp-sl event frame`);
  expect(allCalls(await venue.truth())).toBe(calls);
  expect(seat.frames()).toBeGreaterThanOrEqual(3);
});

test('a stream in sync is told to people with its process, and no longer when that ends', async () => {
  const { redis } = rig();
  {
    await using seat = await openStreamSeat(rig());
    await untilSynced(redis);
    await expect(readStreams(redis, ['main'])).resolves.toMatchObject([
      { owner: 'stream-1', live: true, synced: true, sinceMs: expect.any(Number) },
    ]);
    expect(seat.reasons()).toEqual([]);
  }
  await expect(readStreams(redis, ['main'])).resolves.toMatchObject([{ live: false, synced: false }]);
});

test('frames that come twice and in another order leave the cache as the exchange lists it', async () => {
  const { venue, redis } = rig();
  const ref = await rig().accept(restingPlan('main', 0));
  await using seat = await openStreamSeat(rig());
  await untilSynced(redis);
  const { exchangeOf, installation } = await rig().seat();
  const { log } = rig();
  const deps = { redis, log, installation, exchangeOf, receipts: openReceipts(), wake: () => Promise.resolve() };
  await strike(rig(), { kind: 'frame-duplicated', account: 'main', probability: 0.5 });
  await strike(rig(), { kind: 'frame-reordered', account: 'main', probability: 0.5 });
  const place = { account: 'main', symbol: ref.symbol, side: 'Buy' } as const;
  for (let nth = 0; nth < 15; nth += 1) {
    await venue.trade({ ...place, qty: '1', orderType: 'Market' });
    await venue.trade({ ...place, qty: '1', orderType: 'Limit', price: `${95 - nth}` });
    await venue.trade({ ...place, side: 'Sell', qty: '0.5', orderType: 'Market', reduceOnly: true });
  }
  expect((await venue.hits()).map((hits) => hits > 0)).toEqual([true, true]);
  await venue.clearFaults();
  await venue.trade({ ...place, qty: '1', orderType: 'Market' }); // what was held back goes ahead of its frames
  await expect
    .poll(async () => (await peekCheck(redis, ref)).position, SOON)
    .toMatchObject({ value: { size: 85n * 10n ** 11n } });
  await expect.poll(async () => (await peekCheck(redis, ref)).executed.get('external-in')?.qty, SOON).toBe(16n * ONE);
  expect((await peekCheck(redis, ref)).executed.get('external-out')?.qty).toBe((15n * ONE) / 2n);
  expect((await peekCheck(redis, ref)).orders).toMatchObject({ vouched: true, value: { length: 15 } });
  expect(await auditAccount('main', AbortSignal.timeout(10_000), deps)).toEqual([]);
  expect(seat.connects).toEqual(['ready', 'ready']);
});
