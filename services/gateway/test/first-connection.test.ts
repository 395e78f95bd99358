import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { startRedis } from '@backstop/store/testing';
import { expect, onTestFinished, test } from 'vitest';
import { gatewayConfig } from '../src/config.ts';
import { openGateway } from '../src/open-gateway.ts';
import { call, TOKEN } from './gateway.ts';

/** A door to Redis that lets one connection through, the gateway's own, and turns all others away. */
async function narrowDoor(redisUrl: string): Promise<string> {
  const inside: Socket[] = [];
  const door = createServer((socket) => {
    socket.on('error', () => undefined);
    if (inside.length > 0) {
      socket.destroy();
      return;
    }
    const redis = connect(new URL(redisUrl).pathname).on('error', () => undefined);
    inside.push(socket, redis);
    socket.pipe(redis).pipe(socket);
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    door.close();
    for (const socket of inside) socket.destroy();
  });
  await once(door, 'listening');
  const address = door.address();
  return `redis://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

test('queues that have never been connected are 503 like those that are lost, and the gateway ends without them', async () => {
  await using redis = await startRedis();
  await using resources = new AsyncDisposableStack();
  const config = gatewayConfig.parse({
    REDIS_URL: await narrowDoor(redis.url),
    BACKSTOP_PROCESS_NAME: 'gateway',
    BACKSTOP_GATEWAY_PORT: '0',
    BACKSTOP_LOG_LEVEL: 'silent',
    BACKSTOP_OPERATOR_TOKEN: TOKEN,
  });
  const { url } = await openGateway(config, resources);
  expect((await call(`${url}/v1/monitors`)).status).toBe(200);
  for (const path of ['/v1/queues', '/queues/api/queues'])
    expect(await call(`${url}${path}`)).toMatchObject({ status: 503, json: { error: 'Redis does not answer' } });
});
