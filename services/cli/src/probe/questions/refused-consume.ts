import { setTimeout as pause } from 'node:timers/promises';
import type { Question } from '../question.ts';

/** Allows 10 a second (reference B.2), also on demo (I). Asked twice as often, half is refused; if that counts too, nearly all. */
const ENDPOINT = 'user/query-api';
const EVERY_MS = 50;
const FOR_MS = 2_000;
/** Granted when refused requests count: the first 10. When they do not: 10 in each second. */
const MOST_WHEN_COUNTED = 15;
const LEAST_REFUSED = 8;

/** Reference B.3. */
export const refusedConsume: Question = {
  question: 'do refused requests use up their limit',
  option: 'limits.refusedConsume',
  assumed: 'false',
  ask: async (rig) => {
    const calls = Array.from({ length: FOR_MS / EVERY_MS }, async (_, index) => {
      await pause(index * EVERY_MS);
      return rig.get(ENDPOINT);
    });
    const replies = await Promise.all(calls);
    const granted = replies.filter(({ retCode }) => retCode === 0).length;
    const refused = replies.filter(({ retCode }) => retCode === 10_006).length;
    if (refused < LEAST_REFUSED) return { observed: `only ${refused} of ${replies.length} refused`, value: undefined };
    const observed = `${granted} granted, ${refused} refused in ${FOR_MS / 1_000} s`;
    return { observed, value: String(granted <= MOST_WHEN_COUNTED) };
  },
};
