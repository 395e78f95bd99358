import type { Question } from '../question.ts';

/** Reference C.16, exit rule S-02. Only an order that fills in parts would tell per-fill from first-fill. */
export const attachedStop: Question = {
  question: "does an entry's attached stop replace the position's at each fill",
  option: 'attachedStop',
  assumed: 'per-fill',
  ask: async (rig) => {
    const [first, second] = [await rig.near(-4), await rig.near(-3)];
    await rig.open(1, { stopLoss: first });
    const before = String((await rig.position())['stopLoss']);
    if (Number(before) === 0) return { observed: 'the position has no stop after the fill', value: 'never' };
    await rig.open(1, { stopLoss: second });
    const after = Number((await rig.position())['stopLoss']);
    const observed = `${before}, then ${after} with ${second} attached to a second entry`;
    return { observed, value: after === Number(second) ? 'per-fill' : undefined };
  },
};
