import { format, max, divide, decimal, floorTo } from '@backstop/core';
import type { Question } from '../question.ts';

const NOT_MODIFIED = 34_040;

/** Exit rule S-10. */
export const sameTrailing: Question = {
  question: 'setting the same trailing distance again',
  option: 'trailingResend',
  assumed: 'not-modified',
  ask: async (rig) => {
    await rig.open(1);
    const { last } = await rig.prices();
    const trailingStop = format(max(floorTo(divide(last, decimal('25')), rig.tickSize), rig.tickSize));
    const first = await rig.tradingStop({ trailingStop });
    if (first.retCode !== 0) return { observed: `${first.retCode} ${first.retMsg}`, value: undefined };
    const { retCode, retMsg } = await rig.tradingStop({ trailingStop });
    const value = retCode === 0 ? 'restart' : retCode === NOT_MODIFIED ? 'not-modified' : undefined;
    return { observed: `${retCode} ${retMsg}`, value };
  },
};
