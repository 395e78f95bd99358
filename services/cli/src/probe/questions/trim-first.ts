import { format } from '@backstop/core';
import type { Question } from '../question.ts';

/** Each order is the farthest, the newest or the oldest, and only one of them. */
const LADDER = [
  { percent: 3, value: 'oldest' },
  { percent: 5, value: 'worst-price' },
  { percent: 4, value: 'newest' },
] as const;

/** Reference C.19. */
export const trimFirst: Question = {
  question: 'which reduce-only orders shrink first when the position does',
  option: 'trimFirst',
  assumed: 'worst-price',
  ask: async (rig) => {
    await rig.open(LADDER.length);
    const ids: string[] = [];
    for (const { percent } of LADDER) {
      ids.push((await rig.place({ side: 'Sell', price: await rig.near(percent), reduceOnly: true })).orderId);
    }
    const sold = await rig.place({ side: 'Sell', orderType: 'Market', qty: format(rig.qty) });
    await rig.order(sold.orderId, ({ orderStatus }) => orderStatus === 'Filled');
    const rows = await Promise.all(ids.map((orderId) => rig.order(orderId)));
    const states = rows.map(({ orderStatus, leavesQty }) => `${String(orderStatus)} ${String(leavesQty)}`);
    const trimmed = LADDER.filter((_, index) => Number(rows[index]?.['leavesQty']) < Number(format(rig.qty)));
    const observed = LADDER.map(({ value }, index) => `${value}: ${states[index]}`).join(', ');
    return { observed, value: trimmed.length === 1 ? trimmed[0]?.value : undefined };
  },
};
