import type { Question } from '../question.ts';

/** Reference L; both frames of one match have the same id. */
export const matchOrder: Question = {
  question: 'which frame of a match comes first',
  option: 'streams.matchOrder',
  assumed: 'execution-first',
  ask: async (rig) => {
    const listener = await rig.listen();
    try {
      await listener.authenticate();
      listener.send({ op: 'subscribe', args: ['order', 'execution'] });
      await listener.until('"op":"subscribe"');
      await rig.open(1);
      await listener.until('"topic":"order"');
      await listener.until('"topic":"execution"');
      const topics = listener.frames.flatMap((frame) => /"topic":"(\w+)"/.exec(frame)?.[1] ?? []);
      return { observed: topics.join(', '), value: topics[0] === 'execution' ? 'execution-first' : 'order-first' };
    } finally {
      listener.close();
    }
  },
};
