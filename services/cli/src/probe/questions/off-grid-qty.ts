import { decimal, format } from '@backstop/core';
import type { Question } from '../question.ts';

/** Reference C.12. */
export const offGridQty: Question = {
  question: 'a quantity off the grid',
  option: 'offGridQty',
  assumed: 'refuse',
  ask: async (rig) => {
    const order = { price: await rig.near(-3), qty: format(rig.qty + rig.qtyStep / 2n) };
    const { retCode, retMsg, orderId } = await rig.place(order);
    if (retCode !== 0) return { observed: `${retCode} ${retMsg}`, value: 'refuse' };
    const { qty } = await rig.order(orderId);
    return {
      observed: `accepted with ${String(qty)}`,
      value: decimal(String(qty)) === rig.qty ? 'truncate' : undefined,
    };
  },
};
