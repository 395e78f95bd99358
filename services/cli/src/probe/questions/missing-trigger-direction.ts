import type { Question } from '../question.ts';

/** Reference L: ccxt refuses to send it. */
export const missingTriggerDirection: Question = {
  question: 'a conditional order without triggerDirection',
  option: 'missingTriggerDirection',
  assumed: 'refuse',
  ask: async (rig) => {
    const condition = { orderType: 'Market', triggerPrice: await rig.near(5) };
    const { orderId, retCode, retMsg } = await rig.place(condition);
    if (retCode !== 0) return { observed: `${retCode} ${retMsg}`, value: 'refuse' };
    const { triggerDirection, orderStatus } = await rig.order(orderId);
    return { observed: `${String(orderStatus)}, triggerDirection ${String(triggerDirection)}`, value: 'derive' };
  },
};
