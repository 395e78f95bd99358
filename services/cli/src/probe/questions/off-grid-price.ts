import { decimal, format } from '@backstop/core';
import type { Question } from '../question.ts';

/** Reference C.12. */
export const offGridPrice: Question = {
  question: 'a price off the grid',
  option: 'offGridPrice',
  assumed: 'refuse',
  ask: async (rig) => {
    const onGrid = decimal(await rig.near(-3));
    const { retCode, retMsg, orderId } = await rig.place({ price: format(onGrid + rig.tickSize / 2n) });
    if (retCode !== 0) return { observed: `${retCode} ${retMsg}`, value: 'refuse' };
    const { price } = await rig.order(orderId);
    const value = decimal(String(price)) === onGrid ? 'truncate' : undefined;
    return { observed: `accepted at ${String(price)}`, value };
  },
};
