import { randomBytes } from 'node:crypto';
import type { Question } from '../question.ts';

const DUPLICATE = 110_072;

/** Reference C.20. */
export const linkIdReuse: Question = {
  question: 'reuse of an orderLinkId after its order has ended',
  option: 'linkIdReuse',
  assumed: 'never',
  ask: async (rig) => {
    const order = { price: await rig.near(-4), orderLinkId: `probe-${randomBytes(8).toString('hex')}` };
    const { orderId } = await rig.place(order);
    await rig.order(orderId);
    await rig.cancel(orderId);
    await rig.order(orderId, ({ orderStatus }) => orderStatus === 'Cancelled');
    const { retCode, retMsg } = await rig.place(order);
    const value = retCode === 0 ? 'after-end' : retCode === DUPLICATE ? 'never' : undefined;
    return { observed: `${retCode} ${retMsg}`, value };
  },
};
