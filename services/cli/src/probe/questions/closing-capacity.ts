import { format } from '@backstop/core';
import type { Question } from '../question.ts';

const NO_CAPACITY = 110_017;

/** Reference C.19: a stop of ours has to work beside a full ladder of take-profits. */
export const closingCapacity: Question = {
  question: 'is a closing market order limited by resting reduce-only orders',
  option: 'closeOnTriggerNeedsCapacity',
  assumed: 'false',
  ask: async (rig) => {
    await rig.open(1);
    await rig.place({ side: 'Sell', price: await rig.near(4), reduceOnly: true });
    const closing = { side: 'Sell', orderType: 'Market', qty: format(rig.qty), reduceOnly: true, closeOnTrigger: true };
    const { retCode, retMsg, orderId } = await rig.place(closing);
    if (retCode !== 0) return { observed: `${retCode} ${retMsg}`, value: retCode === NO_CAPACITY ? 'true' : undefined };
    const { orderStatus, cumExecQty } = await rig.order(orderId, (row) => row['orderStatus'] !== 'New');
    return {
      observed: `${String(orderStatus)} ${String(cumExecQty)}`,
      value: orderStatus === 'Filled' ? 'false' : 'true',
    };
  },
};
