import { monitorEventLoopDelay } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import { restingPlan } from '../support/plans.ts';
import { SOON } from '../support/protect.ts';
import { useRig } from '../support/use-rig.ts';

const rig = useRig({ limits: 'real' });

/** Our second is 100 ms longer than the exchange's: calls that are held up for less than that arrive within its limits. */
const ON_TIME_MS = 90;

test('thirty entries wanted at once are all placed in the end, and no call that is on time is one too many', async () => {
  const seats = [await rig().seat(), await rig().seat()];
  await rig().put(...[0, 1, 2, 3, 4].map((index) => restingPlan('main', index, 6)));
  const loop = monitorEventLoopDelay({ resolution: 5 });
  loop.enable();
  rig().work(seats);

  await expect.poll(async () => (await rig().venue.truth()).openOrders.length, SOON).toBe(30);
  loop.disable();
  const truth = await rig().venue.truth();
  const heldUpMs = Math.max(loop.max / 1e6, ...seats.map(({ slowestMs }) => slowestMs()));
  expect({ heldUpMs, refused: truth.rateLimited }).toSatisfy(
    (seen: { heldUpMs: number; refused: number }) => seen.refused === 0 || seen.heldUpMs > ON_TIME_MS,
  );
  expect(truth.duplicates).toEqual([]);
  expect(truth.requests.filter(({ outcome }) => outcome !== 'ok' && outcome !== '10006')).toEqual([]);
});
