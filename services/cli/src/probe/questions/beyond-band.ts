import { decimal, format } from '@backstop/core';
import type { Question } from '../question.ts';

const ABOVE_PCT = 12;
const REFUSED = new Set([110_003, 110_120, 110_121, 10_001]);

/** Reference C.4: a buy far above the mark price, for what the book has now (IOC). */
export const beyondBand: Question = {
  question: 'a limit order beyond the price band',
  option: 'limitBeyondBand',
  assumed: 'reprice',
  ask: async (rig) => {
    const asked = await rig.near(ABOVE_PCT);
    const { retCode, retMsg, orderId } = await rig.place({ price: asked, timeInForce: 'IOC' });
    if (retCode !== 0) return { observed: `${retCode} ${retMsg}`, value: REFUSED.has(retCode) ? 'refuse' : undefined };
    const { price } = await rig.order(orderId, ({ orderStatus }) => orderStatus !== 'New');
    const isKept = format(decimal(String(price))) === format(decimal(asked));
    return {
      observed: `asked ${asked}, is ${String(price)}${isKept ? ': taken as it is' : ''}`,
      value: isKept ? undefined : 'reprice',
    };
  },
};
