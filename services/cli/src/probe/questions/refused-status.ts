import type { Question } from '../question.ts';

/** user/query-api allows 10 a second (reference B.2). */
const BURST = 25;

/** Reference B.3. */
export const refusedStatus: Question = {
  question: 'HTTP status with 10006',
  option: 'limits.refusedStatus',
  assumed: '200',
  ask: async (rig) => {
    const burst = Array.from({ length: BURST }, () => rig.get('user/query-api'));
    const refused = (await Promise.all(burst)).find(({ retCode }) => retCode === 10_006);
    if (refused === undefined) return { observed: `none of ${BURST} at once was refused`, value: undefined };
    return { observed: `HTTP ${refused.status}, ${refused.retMsg}`, value: String(refused.status) };
  },
};
