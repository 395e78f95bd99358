import { decimal, format } from '@backstop/core';
import type { Question } from '../question.ts';

/** Reference C.19. */
export const amendedReduceOnly: Question = {
  question: 'a reduce-only order amended beyond what is free',
  option: 'reduceOnlyAmendBeyond',
  assumed: 'cut',
  ask: async (rig) => {
    await rig.open(2);
    const sell = { side: 'Sell', price: await rig.near(4), reduceOnly: true };
    const { orderId } = await rig.place(sell);
    await rig.order(orderId);
    const wanted = rig.qty * 3n;
    const { retCode, retMsg } = await rig.post('order/amend', { orderId, qty: format(wanted) });
    if (retCode !== 0) return { observed: `${retCode} ${retMsg}`, value: 'refuse' };
    const { qty } = await rig.order(orderId, (row) => decimal(String(row['qty'])) !== rig.qty);
    const isCut = decimal(String(qty)) < wanted;
    return {
      observed: `asked ${format(wanted)} of ${format(rig.qty * 2n)}, is ${String(qty)}`,
      value: isCut ? 'cut' : 'accept',
    };
  },
};
