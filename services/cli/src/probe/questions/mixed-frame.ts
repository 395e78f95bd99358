import { setTimeout as pause } from 'node:timers/promises';
import type { Question } from '../question.ts';

/** Order frames come within milliseconds (reference D.4). */
const PATIENCE_MS = 1_500;

/** Reference D.2. */
export const mixedFrame: Question = {
  question: 'the good topics of a subscribe frame with a bad one',
  option: 'streams.mixedFrame',
  assumed: 'reject',
  ask: async (rig) => {
    const listener = await rig.listen();
    try {
      await listener.authenticate();
      listener.send({ op: 'subscribe', args: ['order', 'nonsense'] });
      const answer = await listener.until('"op":"subscribe"');
      const { orderId } = await rig.place({ price: await rig.near(-4) });
      await rig.order(orderId);
      await pause(PATIENCE_MS);
      const isSubscribed = listener.frames.some((frame) => frame.includes('"topic":"order"'));
      return { observed: answer, value: isSubscribed ? 'good-topics' : 'reject' };
    } finally {
      listener.close();
    }
  },
};
