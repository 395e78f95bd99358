import type { Question } from '../question.ts';

/** Reference C.16. */
export const keptTriggerSource: Question = {
  question: 'an omitted trigger source in trading-stop',
  option: 'omittedTriggerBy',
  assumed: 'keep',
  ask: async (rig) => {
    await rig.open(1);
    await rig.tradingStop({ stopLoss: await rig.near(-5), slTriggerBy: 'MarkPrice' });
    const { retCode, retMsg } = await rig.tradingStop({ stopLoss: await rig.near(-4) });
    if (retCode !== 0) return { observed: `${retCode} ${retMsg}`, value: undefined };
    const stop = (await rig.orders()).find(({ stopOrderType }) => stopOrderType === 'StopLoss');
    const triggerBy = String(stop?.['triggerBy']);
    return { observed: `MarkPrice, then ${triggerBy}`, value: triggerBy === 'MarkPrice' ? 'keep' : triggerBy };
  },
};
