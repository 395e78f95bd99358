import type { StreamSocket } from '@backstop/exchange';
import type { ClientSocket } from '@backstop/simulator';
import { outside, type ProcessLoop } from './process-timers.ts';

/** A socket of one process to the exchange in memory: what comes over it waits while the process is stopped. */
export function streamSocket(socket: ClientSocket, { enter }: Pick<ProcessLoop, 'enter'>): StreamSocket {
  let isOver = false;
  const hear = (tell: () => void): void =>
    enter(() => {
      if (!isOver) tell();
    });
  return {
    listen: ({ opened, received, ended }) =>
      socket.listen({
        opened: () => hear(opened),
        received: (text) => hear(() => received(text)),
        closed: (httpStatus) =>
          hear(() => {
            isOver = true;
            ended(httpStatus === undefined ? CUT : { why: `the exchange answered ${httpStatus}`, httpStatus });
          }),
      }),
    send: (text) => outside(() => socket.send(text)),
    terminate: () => {
      isOver = true;
      outside(() => socket.terminate());
    },
  };
}

/** As `ws` tells an end without a farewell. */
const CUT = { why: 'closed with 1006' };
