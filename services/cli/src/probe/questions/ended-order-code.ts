import type { Question } from '../question.ts';

const CODES: Readonly<Record<number, string>> = { 110_001: 'unknown', 110_008: 'by-status', 110_010: 'by-status' };

/** Reference A.5 and C.14. */
export const endedOrderCode: Question = {
  question: 'code of a cancel of an order that has ended',
  option: 'endedOrderCode',
  assumed: 'unknown',
  ask: async (rig) => {
    const { orderId } = await rig.open(1);
    const { retCode, retMsg } = await rig.cancel(String(orderId));
    return { observed: `${retCode} ${retMsg}`, value: CODES[retCode] };
  },
};
