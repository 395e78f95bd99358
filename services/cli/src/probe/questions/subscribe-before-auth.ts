import type { Question } from '../question.ts';

/** Reference D.2. */
export const subscribeBeforeAuth: Question = {
  question: 'text of a private subscribe before auth',
  option: 'streams.subscribeBeforeAuthText',
  assumed: 'Request not authorized',
  ask: async (rig) => {
    const listener = await rig.listen();
    try {
      listener.send({ op: 'subscribe', args: ['order'] });
      const answer = await listener.until('"op"');
      return { observed: answer, value: /"ret_msg":"([^"]*)"/.exec(answer)?.[1] };
    } finally {
      listener.close();
    }
  },
};
