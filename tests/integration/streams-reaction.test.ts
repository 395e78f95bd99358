import { peekCheck, type MonitorRef } from '@backstop/store';
import { expect, test } from 'vitest';
import { marketPlan } from '../support/plans.ts';
import { openStreamSeat, SOON, untilSynced } from '../support/streams.ts';
import { countCalls, listingCalls, openLegs, openPosition, type Truth } from '../support/truth.ts';
import { useRig } from '../support/use-rig.ts';

const rig = useRig();

function readCalls(truth: Truth): number {
  return listingCalls(truth) + countCalls(truth, 'execution/list');
}

/** The ladder stands, the stop is where it belongs, and all of it has been confirmed. */
async function untilStands(ref: MonitorRef, legs: readonly string[], stop: string): Promise<void> {
  const { venue, redis } = rig();
  await expect.poll(async () => openLegs(await venue.truth(), ref), SOON).toEqual(legs);
  await expect.poll(async () => openPosition(await venue.truth(), ref)?.stopLoss, SOON).toBe(stop);
  await expect
    .poll(async () => peekCheck(redis, ref), SOON)
    .toMatchObject({
      position: { kind: 'row', dirty: false, vouched: true },
      orders: { kind: 'row', dirty: false, vouched: true },
      intents: [],
    });
}

test('a fill of a take-profit moves the stop to breakeven, from the frames alone', async () => {
  const { venue, redis, work } = rig();
  await using seat = await openStreamSeat(rig());
  await untilSynced(redis);
  const ref = await rig().accept(marketPlan('main', 0));
  work([await rig().seat()]);
  await untilStands(ref, ['t1', 't2'], '90');

  const before = readCalls(await venue.truth());
  await venue.price(ref.symbol, '110');
  await untilStands(ref, ['t2'], '100.12');
  expect(readCalls(await venue.truth()) - before).toBe(0);
  expect(seat.drift).toEqual([]);
});
