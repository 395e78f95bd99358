import type { Question } from '../question.ts';

/** Reference D.4: between 2 and 4 ms in the captures. */
export const updatedLag: Question = {
  question: 'milliseconds from a taker order to its update',
  option: 'updatedLagMs',
  assumed: '0',
  ask: async (rig) => {
    const { createdTime, updatedTime } = await rig.open(1);
    const observed = `created ${String(createdTime)}, updated ${String(updatedTime)}`;
    return { observed, value: String(Number(updatedTime) - Number(createdTime)) };
  },
};
