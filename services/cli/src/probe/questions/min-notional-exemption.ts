import { format, multiply } from '@backstop/core';
import type { Question } from '../question.ts';

const BELOW_LEAST_VALUE = 110_094;

/** Reference C.12. */
export const minNotionalExemption: Question = {
  question: 'are reduce-only orders exempt from the least value',
  option: 'reduceOnlyExemptFromMinNotional',
  assumed: 'true',
  ask: async (rig) => {
    const price = await rig.near(3);
    const { last } = await rig.prices();
    if (multiply(rig.minOrderQty, last) >= rig.minNotional) {
      return { observed: 'the smallest quantity is worth the least value: try another --symbol', value: undefined };
    }
    await rig.open(1);
    const order = { side: 'Sell', price, qty: format(rig.minOrderQty), reduceOnly: true };
    const { retCode, retMsg } = await rig.place(order);
    const value = retCode === 0 ? 'true' : retCode === BELOW_LEAST_VALUE ? 'false' : undefined;
    return { observed: `${retCode} ${retMsg}`, value };
  },
};
