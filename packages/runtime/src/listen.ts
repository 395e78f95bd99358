import { once } from 'node:events';
import type { Server } from 'node:net';

/** Starts listening (port 0 = any free one) and resolves with the port. Rejects when it is taken. */
export async function listen(server: Server, port: number, host: string): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('not listening on a port');
  return address.port;
}
