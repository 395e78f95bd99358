import type { Question } from '../question.ts';

/** Reference C.13. */
export const unchangedAmend: Question = {
  question: 'an amend that changes nothing',
  option: 'unchangedAmend',
  assumed: 'refuse',
  ask: async (rig) => {
    const price = await rig.near(-4);
    const { orderId } = await rig.place({ price });
    await rig.order(orderId);
    const { retCode, retMsg } = await rig.post('order/amend', { orderId, price });
    return { observed: `${retCode} ${retMsg}`, value: retCode === 0 ? 'accept' : 'refuse' };
  },
};
