import { decimal, divide, floorTo, format, max } from '@backstop/core';
import type { Question } from '../question.ts';

/** Exit rule S-10, reference E.5. */
export const waitingTrailing: Question = {
  question: 'a trailing stop before its activation price',
  option: 'waitingTrailing',
  assumed: 'hidden',
  ask: async (rig) => {
    await rig.open(1);
    const { last } = await rig.prices();
    const trailingStop = format(max(floorTo(divide(last, decimal('25')), rig.tickSize), rig.tickSize));
    const activePrice = await rig.near(5);
    const { retCode, retMsg } = await rig.tradingStop({ trailingStop, activePrice });
    if (retCode !== 0) return { observed: `${retCode} ${retMsg}`, value: undefined };
    const order = (await rig.orders()).find(({ stopOrderType }) => stopOrderType === 'TrailingStop');
    if (order === undefined) return { observed: 'no order', value: 'hidden' };
    const { orderStatus, triggerPrice } = order;
    const isAtActivePrice = Number(triggerPrice) === Number(activePrice);
    const observed = `${String(orderStatus)} at ${String(triggerPrice)}, activation price ${activePrice}`;
    return { observed, value: isAtActivePrice ? 'shown' : undefined };
  },
};
