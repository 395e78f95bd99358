import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { Notes } from '@backstop/runtime';
import type { BoardQueues, Queues, Redis } from '@backstop/store';
import Fastify, { type FastifyInstance } from 'fastify';
import { answerError } from './answer-error.ts';
import { ApiError } from './api-error.ts';
import { openBoard } from './board.ts';
import { operatorGate, type OperatorGate } from './operator-gate.ts';
import { commandRoutes } from './routes/command-routes.ts';
import { monitorRoutes } from './routes/monitor-routes.ts';
import { pageRoutes } from './routes/page-routes.ts';
import { processRoutes } from './routes/process-routes.ts';
import { stateRoutes } from './routes/state-routes.ts';
import { SECURITY_HEADERS } from './security-headers.ts';
import { describeRoute, serializerCompiler, validatorCompiler } from './zod-provider.ts';

export interface GatewayDeps {
  readonly redis: Redis;
  readonly queues: Queues;
  readonly board: BoardQueues;
  readonly log: Notes;
  /** Where this process serves /metrics, /healthz and /readyz. */
  readonly healthUrl: string;
  /** undefined = nothing may be changed. */
  readonly operatorToken: string | undefined;
}

const BODY_LIMIT_BYTES = 1_048_576;
/** How long a request may take to arrive. */
const REQUEST_MS = 10_000;
const BOARD_PREFIX = '/queues';

/** The whole HTTP face, ready to listen. Its replies carry no stack, and no request waits for Redis longer than 2 s. */
export async function createServer(deps: GatewayDeps): Promise<FastifyInstance> {
  const { redis, queues, board, log, healthUrl } = deps;
  const gate = operatorGate(deps.operatorToken);
  const server = Fastify({
    logger: false,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_MS,
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true },
    frameworkErrors: (error, _request, reply) => void answer(reply, error, deps),
    clientErrorHandler: (_error, socket) => {
      if (socket.writable) socket.end(`HTTP/1.1 400 Bad Request\r\nconnection: close\r\n${MALFORMED}`);
    },
  });
  server.removeContentTypeParser('text/plain');
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  server.setErrorHandler((error, _request, reply) => answer(reply, error, deps));
  server.setNotFoundHandler(({ method, url }) => {
    throw new ApiError(404, `there is no ${method} ${url.split('?')[0]}; /docs lists what there is`);
  });
  watch(server, gate, log);

  await server.register(swagger, { openapi: OPENAPI, transform: describeRoute });
  await server.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: { deepLinking: true },
    theme: { title: 'Backstop API' },
  });
  await server.register(openBoard({ board, redis, gate, prefix: BOARD_PREFIX }), {
    prefix: BOARD_PREFIX,
  });
  await server.register(monitorRoutes, { redis });
  await server.register(stateRoutes, { redis, queues });
  await server.register(commandRoutes, { redis, queues });
  await server.register(pageRoutes, { redis, queues, gate });
  await server.register(processRoutes, { healthUrl });
  await server.ready();
  return server;
}

const MALFORMED_BODY = '{"error":"not an HTTP request"}';
const MALFORMED = `content-type: application/json\r\ncontent-length: ${MALFORMED_BODY.length}\r\n\r\n${MALFORMED_BODY}`;

const OPENAPI = {
  openapi: '3.1.0',
  info: {
    title: 'Backstop',
    version: '1',
    description:
      'Reads need nothing. Whatever changes state needs the operator token as a bearer token. ' +
      'Errors have the form {"error": "...", "faults": [{"path": "...", "message": "..."}]}.',
  },
  components: { securitySchemes: { operator: { type: 'http' as const, scheme: 'bearer' } } },
};

/** What holds for every route: the gate before the body is read, the headers, and a line in the log for each change. */
function watch(server: FastifyInstance, gate: OperatorGate, log: Notes): void {
  server.addHook('onRequest', async (request, reply) => {
    reply.headers(SECURITY_HEADERS);
    gate.admit(request);
  });
  server.addHook('onResponse', async ({ method, url }, { statusCode, elapsedTime }) => {
    const isRead = method === 'GET' || method === 'HEAD';
    if (!isRead)
      log.info(
        { method, path: url.split('?')[0], status: statusCode, ms: Math.round(elapsedTime) },
        'command answered',
      );
  });
}

type Reply = Parameters<Parameters<FastifyInstance['setErrorHandler']>[0]>[2];

function answer(reply: Reply, error: unknown, deps: GatewayDeps): Reply {
  const { status, body } = answerError(error, deps);
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="Backstop operator"');
  return reply.code(status).headers(SECURITY_HEADERS).type('application/json').serializer(JSON.stringify).send(body);
}
