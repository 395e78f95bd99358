import type { Question } from '../question.ts';

/** Reference C.6. */
export const openOnlyOne: Question = {
  question: 'openOnly=1',
  option: 'openOnlyOne',
  assumed: 'closed',
  ask: async (rig) => {
    const price = await rig.near(-4);
    const [open, closed] = [(await rig.place({ price })).orderId, (await rig.place({ price })).orderId];
    await rig.order(open);
    await rig.cancel(closed);
    await rig.order(closed, ({ orderStatus }) => orderStatus === 'Cancelled');
    const { list } = await rig.get('order/realtime', { symbol: rig.symbol, openOnly: '1', limit: '50' });
    const lists = (id: string): boolean => list.some(({ orderId }) => orderId === id);
    const value = lists(open) ? 'with-open' : lists(closed) ? 'closed' : undefined;
    return { observed: `lists the open order: ${lists(open)}, the cancelled one: ${lists(closed)}`, value };
  },
};
