import { format } from '@backstop/core';
import type { Question } from '../question.ts';

/** Reference C.16. */
export const partialOnRow: Question = {
  question: 'Partial stops on the position row',
  option: 'partialOnRow',
  assumed: 'false',
  ask: async (rig) => {
    await rig.open(2);
    const size = format(rig.qty);
    const levels = { takeProfit: await rig.near(4), stopLoss: await rig.near(-4), tpSize: size, slSize: size };
    const { retCode, retMsg } = await rig.tradingStop({ tpslMode: 'Partial', ...levels });
    if (retCode !== 0) return { observed: `${retCode} ${retMsg}`, value: undefined };
    const { takeProfit, stopLoss } = await rig.position();
    const isShown = Number(takeProfit) > 0 || Number(stopLoss) > 0;
    return { observed: `takeProfit "${String(takeProfit)}", stopLoss "${String(stopLoss)}"`, value: String(isShown) };
  },
};
