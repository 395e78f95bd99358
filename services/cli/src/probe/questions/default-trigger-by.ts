import type { Question } from '../question.ts';

/** Reference E.5. */
export const defaultTriggerBy: Question = {
  question: 'default trigger source',
  option: 'defaultTriggerBy',
  assumed: 'LastPrice',
  ask: async (rig) => {
    const condition = { orderType: 'Market', triggerPrice: await rig.near(5), triggerDirection: 1 };
    const { orderId, retCode, retMsg } = await rig.place(condition);
    if (retCode !== 0) return { observed: `${retCode} ${retMsg}`, value: undefined };
    const { triggerBy } = await rig.order(orderId);
    return { observed: `triggerBy "${String(triggerBy)}"`, value: String(triggerBy) };
  },
};
