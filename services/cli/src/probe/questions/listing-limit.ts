import type { Question } from '../question.ts';

/** Reference C.6: order/realtime takes 50 at most. */
export const listingLimit: Question = {
  question: "`limit` above a listing's maximum",
  option: 'listingLimit',
  assumed: 'refuse',
  ask: async (rig) => {
    const { retCode, retMsg } = await rig.get('order/realtime', { symbol: rig.symbol, limit: '51' });
    return { observed: `${retCode} ${retMsg}`, value: retCode === 0 ? 'clamp' : 'refuse' };
  },
};
