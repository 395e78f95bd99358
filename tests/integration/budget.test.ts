import { expect, test } from 'vitest';
import { restingPlan } from '../support/plans.ts';
import { SOON } from '../support/protect.ts';
import { useRig } from '../support/use-rig.ts';

const rig = useRig({ limits: 'real' });

test('thirty entries wanted at once are all placed in the end, without one refusal for too many calls', async () => {
  const seats = [await rig().seat(), await rig().seat()];
  await rig().put(...[0, 1, 2, 3, 4].map((index) => restingPlan('main', index, 6)));
  await using _work = rig().work(seats);

  await expect.poll(async () => (await rig().venue.truth()).openOrders.length, SOON).toBe(30);
  const truth = await rig().venue.truth();
  expect(truth.rateLimited).toBe(0);
  expect(truth.duplicates).toEqual([]);
  expect(truth.requests.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
});
