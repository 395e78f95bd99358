import { createConnection } from 'node:net';

/** Whether a Redis answers at `redis://...` or `unix:///...` within `timeoutMs`. One that asks for a password is there too. */
export function answersPing(url: string, timeoutMs: number): Promise<boolean> {
  const { protocol, hostname, port, pathname } = new URL(url);
  const target = protocol === 'unix:' ? { path: pathname } : { host: hostname, port: Number(port || 6379) };
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = createConnection(target, () => socket.write('PING\r\n'));
  socket.setTimeout(timeoutMs, () => socket.destroy());
  socket.once('data', (data) => {
    resolve(/^(\+PONG|-NOAUTH)/.test(data.toString()));
    socket.destroy();
  });
  socket.once('error', () => resolve(false));
  socket.once('close', () => resolve(false));
  return promise;
}
