import { listUnattended } from '@backstop/store';
import { expect, test } from 'vitest';
import { marketPlan } from '../support/plans.ts';
import { protect } from '../support/protect.ts';
import { useRig } from '../support/use-rig.ts';
import { SYMBOLS } from '../support/venue.ts';

const rig = useRig();

test('a whole listing notes the positions that no plan attends, and none that one does', async () => {
  const seat = await rig().seat();
  const ref = await rig().accept(marketPlan('main', 0));
  await protect(rig(), [seat], ref, { legs: ['t1', 't2'] });
  const byHand = { account: 'main', symbol: SYMBOLS[1] ?? '', positionIdx: 0 } as const;
  await rig().venue.trade({ ...byHand, side: 'Buy', qty: '5', orderType: 'Market' });

  await rig().forget(ref);
  await seat.facts(seat.claim(ref));
  const { positions } = await listUnattended(rig().redis, 'main');
  expect(positions.map(({ position }) => position.symbol)).toEqual([byHand.symbol]);
});
