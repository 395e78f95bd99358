import type { Question } from '../question.ts';

const FULL_MODE = 110_060;

/** Reference C.16. */
export const amendFullStop: Question = {
  question: 'amending a Full-mode stop by order/amend',
  option: 'fullStopAmend',
  assumed: 'refuse',
  ask: async (rig) => {
    await rig.open(1, { stopLoss: await rig.near(-4) });
    const stop = (await rig.orders()).find(({ stopOrderType }) => stopOrderType === 'StopLoss');
    if (stop === undefined) return { observed: 'there is no stop order', value: undefined };
    const moved = { orderId: String(stop['orderId']), triggerPrice: await rig.near(-3) };
    const { retCode, retMsg } = await rig.post('order/amend', moved);
    const value = retCode === 0 ? 'move' : retCode === FULL_MODE ? 'refuse' : undefined;
    return { observed: `${retCode} ${retMsg}`, value };
  },
};
