import { fork, type ChildProcess } from 'node:child_process';
import { COMPILE_CACHE } from '@backstop/runtime';
import type { Answer, Order } from './child.ts';

/** Most of what a day makes is forgotten within it: few collections of a large young space cost less than many. */
const ROOMY = ['--max-semi-space-size=32'];

const CHILD = new URL('./child.ts', import.meta.url).pathname;

/** Plays days in as many processes at once, in the order in which they are given; `onDay` hears of each as it ends. */
export async function playDays(
  orders: readonly Order[],
  jobs: number,
  onDay: (order: Order, answer: Answer) => void,
): Promise<void> {
  const left = orders.values();
  await Promise.all(Array.from({ length: Math.min(jobs, orders.length) }, () => playSome(left, onDay)));
}

async function playSome(left: Iterator<Order>, onDay: (order: Order, answer: Answer) => void): Promise<void> {
  const env = { NODE_COMPILE_CACHE: COMPILE_CACHE, ...process.env };
  const child = fork(CHILD, { execArgv: ROOMY, env });
  try {
    for (let next = left.next(); next.done !== true; next = left.next())
      onDay(next.value, await ask(child, next.value));
  } finally {
    if (child.connected) child.disconnect(); // it ends by itself, and keeps what Node has compiled
  }
}

function ask(child: ChildProcess, order: Order): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const ended = (): void => resolve({ crash: 'the process ended' });
  child.once('message', (answer: Answer) => resolve(answer));
  child.once('exit', ended);
  child.send(order);
  return promise.finally(() => child.off('exit', ended));
}
