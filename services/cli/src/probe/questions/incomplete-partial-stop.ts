import type { Question } from '../question.ts';

const VALUES: Readonly<Record<number, string>> = { 10_001: 'parameter', 34_040: 'not-modified' };

/** Reference A.5 and C.16. */
export const incompletePartialStop: Question = {
  question: 'trading-stop in Partial mode without a size',
  option: 'incompletePartialStop',
  assumed: 'parameter',
  ask: async (rig) => {
    await rig.open(1);
    const { retCode, retMsg } = await rig.tradingStop({ tpslMode: 'Partial', stopLoss: await rig.near(-4) });
    return { observed: `${retCode} ${retMsg}`, value: VALUES[retCode] };
  },
};
