import { peekCheck, readStreams, type MonitorRef } from '@backstop/store';
import { expect, test } from 'vitest';
import { restingPlan } from '../support/plans.ts';
import { strike } from '../support/site.ts';
import { openStreamSeat, SOON, untilSynced, untilUnsynced } from '../support/streams.ts';
import { useRig } from '../support/use-rig.ts';

const rig = useRig();
const ONE = 10n ** 12n;

async function buy(ref: MonitorRef, qty: string): Promise<void> {
  const { account, symbol } = ref;
  await rig().venue.trade({ account, symbol, side: 'Buy', qty, orderType: 'Market' });
}

/** An order of others that fills by nothing. */
async function rest({ account, symbol }: MonitorRef): Promise<void> {
  await rig().venue.trade({ account, symbol, side: 'Buy', qty: '1', orderType: 'Limit', price: '70' });
}

/** Size, what was executed without an order of ours, and whether a stream vouches for both rows. */
async function seen(ref: MonitorRef): Promise<unknown> {
  const { position, orders, executed } = await peekCheck(rig().redis, ref);
  const isRow = position.kind === 'row' && orders.kind === 'row';
  return {
    size: isRow ? position.value?.size : 'unknown',
    executed: executed.get('external-in')?.qty ?? 0n,
    isVouched: isRow && position.vouched && orders.vouched,
  };
}

test('fills that happened while the connection was lost are there before it vouches again, each once', async () => {
  const ref = await rig().accept(restingPlan('main', 0));
  await using seat = await openStreamSeat(rig());
  await untilSynced(rig().redis);
  await buy(ref, '3');
  await expect.poll(() => seen(ref), SOON).toEqual({ size: 3n * ONE, executed: 3n * ONE, isVouched: true });

  await strike(rig(), { kind: 'socket-cut', account: 'main' });
  await buy(ref, '4');
  await untilUnsynced(rig().redis, ['main']);
  await expect.poll(() => seen(ref), SOON).toMatchObject({ isVouched: false });
  await untilSynced(rig().redis, ['main']);
  expect(await seen(ref)).toEqual({ size: 7n * ONE, executed: 7n * ONE, isVouched: true });
  await buy(ref, '1');
  await expect.poll(() => seen(ref), SOON).toEqual({ size: 8n * ONE, executed: 8n * ONE, isVouched: true });
  expect(seat.connects).toEqual(['ready', 'ready', 'ready']);
});

test('lists that were behind when the account was read are put right by the first audit', async () => {
  const ref = await rig().accept(restingPlan('main', 0));
  await using seat = await openStreamSeat(rig(), { auditEveryMs: 2_000 });
  await untilSynced(rig().redis);
  await rig().venue.fault({ kind: 'stale-reads', account: 'main', ms: 10_000 });
  await strike(rig(), { kind: 'socket-cut', account: 'main' });
  await buy(ref, '3');
  await untilUnsynced(rig().redis, ['main']);
  await untilSynced(rig().redis);
  expect(await seen(ref)).toMatchObject({ size: undefined, isVouched: true }); // as the exchange has said
  await rig().venue.clearFaults();
  await expect.poll(() => seen(ref), SOON).toMatchObject({ size: 3n * ONE, isVouched: true });
  await expect.poll(() => seat.drift, SOON).toEqual(['positions']);
});

test('a stream that has gone silent stops vouching, says why, and is connected anew', async () => {
  const ref = await rig().accept(restingPlan('main', 0));
  await using seat = await openStreamSeat(rig(), {
    timings: { pingEveryMs: 100, silentAfterMs: 400, readyWithinMs: 400 },
  });
  await untilSynced(rig().redis);
  await strike(rig(), { kind: 'half-open', account: 'main' });
  await buy(ref, '3');
  await untilUnsynced(rig().redis, ['main']);
  expect(await seen(ref)).toMatchObject({ isVouched: false });
  await expect(readStreams(rig().redis, ['main'])).resolves.toMatchObject([{ why: expect.stringContaining('silent') }]);

  await untilSynced(rig().redis);
  expect(await seen(ref)).toEqual({ size: 3n * ONE, executed: 3n * ONE, isVouched: true });
  expect(seat.reasons()).toEqual([]);
});

test('while the account cannot be read it does not vouch, and does once it can', async () => {
  const ref = await rig().accept(restingPlan('main', 0));
  await rig().venue.fault({ kind: 'http-500', account: 'main', endpoint: 'order/realtime' });
  await using seat = await openStreamSeat(rig());
  await untilSynced(rig().redis, ['other']);
  await expect.poll(() => rig().venue.hits(), SOON).not.toEqual([0]);
  await expect(readStreams(rig().redis, ['main'])).resolves.toMatchObject([{ live: true, synced: false }]);
  await rig().venue.clearFaults();
  await untilSynced(rig().redis);
  expect(await seen(ref)).toMatchObject({ isVouched: true });
  expect(seat.connects).toEqual(['ready', 'ready']);
});

test('an account whose stream cannot authenticate leaves the others alone', async () => {
  await rig().venue.fault({ kind: 'auth-silent', account: 'main' });
  await using seat = await openStreamSeat(rig(), { timings: { readyWithinMs: 200 } });
  await untilSynced(rig().redis, ['other']);
  await expect.poll(() => seat.connects, SOON).toContain('silent');
  await expect(readStreams(rig().redis, ['main'])).resolves.toMatchObject([{ live: true, synced: false }]);
});

test('a frame that is lost is counted as drift by the next audit, and its rows are right again', async () => {
  const ref = await rig().accept(restingPlan('main', 0));
  await using seat = await openStreamSeat(rig(), { auditEveryMs: 300 });
  await untilSynced(rig().redis);
  await rig().venue.fault({ kind: 'frame-dropped', account: 'main', endpoint: 'position' });
  await buy(ref, '3');
  await expect.poll(() => seat.drift, SOON).toEqual(['positions']);
  expect(await seen(ref)).toMatchObject({ size: 3n * ONE, isVouched: true });
});

test('a frame that is only late is no drift', async () => {
  const ref = await rig().accept(restingPlan('main', 0));
  await using seat = await openStreamSeat(rig(), { auditEveryMs: 100 });
  await untilSynced(rig().redis);
  await rig().venue.fault({ kind: 'frame-delayed', account: 'main', endpoint: 'position', ms: 600 });
  const before = seat.frames();
  await buy(ref, '3');
  await expect.poll(() => seen(ref), SOON).toMatchObject({ size: 3n * ONE }); // by the audit, ahead of the frame
  await expect.poll(() => seat.frames(), SOON).toBeGreaterThanOrEqual(before + 3);
  await rig().venue.clearFaults();
  await rig().venue.fault({ kind: 'frame-dropped', account: 'main', endpoint: 'order' });
  await rest(ref);
  await expect.poll(() => seat.drift, SOON).toEqual(['orders']); // the audits of one account follow each other
});
