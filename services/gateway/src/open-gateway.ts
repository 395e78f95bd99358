import { ConfigError, openProcess, type Log } from '@backstop/runtime';
import { beat, connectRedis, openBoardQueues, openQueues } from '@backstop/store';
import type { GatewayConfig } from './config.ts';
import { createServer } from './create-server.ts';

/** Opens everything that a gateway needs and listens. It all closes with `resources`, the server first. */
export async function openGateway(
  config: GatewayConfig,
  resources: AsyncDisposableStack,
): Promise<{ readonly log: Log; readonly url: string }> {
  const redis = connectRedis(config.REDIS_URL, config.BACKSTOP_PROCESS_NAME);
  resources.defer(() => redis.disconnect());
  await redis.connect();
  const { log, url: healthUrl } = await openProcess(
    { service: 'gateway', config, redis, beat: (record) => beat(redis, record) },
    resources,
  );
  const onError = (error: Error): void => log.warn({ reason: error.message }, 'queue connection failed');
  const queues = resources.use(openQueues(config.REDIS_URL, { onError }));
  const board = resources.use(openBoardQueues(config.REDIS_URL, onError));
  const server = await createServer({
    redis,
    queues,
    board,
    log,
    healthUrl,
    operatorToken: config.BACKSTOP_OPERATOR_TOKEN,
  });
  resources.defer(() => server.close());
  return { log, url: await listen(server, config) };
}

async function listen(
  server: Awaited<ReturnType<typeof createServer>>,
  { BACKSTOP_GATEWAY_HOST: host, BACKSTOP_GATEWAY_PORT: port }: GatewayConfig,
): Promise<string> {
  try {
    return await server.listen({ host, port });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const why = { EADDRINUSE: 'is taken', EACCES: 'may not be used', EADDRNOTAVAIL: 'is no address of this machine' };
    const reason = Object.entries(why).find(([known]) => known === code)?.[1];
    if (reason === undefined) throw error;
    throw new ConfigError('the gateway cannot listen', [`BACKSTOP_GATEWAY_PORT: ${host}:${port} ${reason}`]);
  }
}
