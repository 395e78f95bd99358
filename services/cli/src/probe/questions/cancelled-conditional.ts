import type { Question } from '../question.ts';

const OPEN = new Set<unknown>(['New', 'PartiallyFilled', 'Untriggered']);

/** Reference C.18. */
export const cancelledConditional: Question = {
  question: 'status of a conditional order that its user cancelled',
  option: 'conditionalCancelStatus',
  assumed: 'Deactivated',
  ask: async (rig) => {
    const condition = { orderType: 'Market', triggerPrice: await rig.near(5), triggerDirection: 1 };
    const { orderId } = await rig.place(condition);
    await rig.order(orderId);
    await rig.cancel(orderId);
    const { orderStatus, cancelType } = await rig.order(orderId, (row) => !OPEN.has(row['orderStatus']));
    return { observed: `${String(orderStatus)}, ${String(cancelType)}`, value: String(orderStatus) };
  },
};
