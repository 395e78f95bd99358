import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { BoardQueues, Redis } from '@backstop/store';
import type { FastifyPluginCallback } from 'fastify';
import { ApiError } from './api-error.ts';
import { isRedisAway } from './is-redis-away.ts';
import type { OperatorGate } from './operator-gate.ts';

export interface BoardOptions {
  readonly board: Pick<BoardQueues, 'queues' | 'connected'>;
  readonly redis: Redis;
  readonly gate: OperatorGate;
  /** Its path. */
  readonly prefix: string;
}

/**
 * Bull Board. Without the operator token it offers no action and shows no stack of a failed job; that its actions are refused
 * then is the gate's doing, like for every other request that changes something.
 */
export function openBoard({ board, redis, gate, prefix }: BoardOptions): FastifyPluginCallback {
  const adapter = new FastifyAdapter();
  adapter.setBasePath(prefix);
  createBullBoard({
    queues: board.queues.map((queue) => new BullMQAdapter(queue)),
    serverAdapter: adapter,
    options: {
      uiConfig: { boardTitle: 'Backstop', miscLinks: [{ text: 'Backstop', url: '/' }], hideDocsLink: true },
      handlerHooks: {
        after: ({ request }, response) =>
          gate.isOperator(request.headers) ? response : { ...response, body: forReading(response.body) },
      },
    },
  });
  adapter.setErrorHandler((error) => {
    throw toRefusal(error, redis); // to the server's own handler: one form of error for everything
  });
  const plugin = adapter.registerPlugin();
  return (server, options, done) => {
    server.addHook('preHandler', async ({ url }) => {
      if (url.startsWith(`${prefix}/api/`)) await board.connected();
    });
    plugin(server, options, done);
  };
}

/** The board does nothing by itself: what a queue throws is about what it was asked for, such as a job without an end. */
function toRefusal(error: Error, redis: Redis): Error {
  if ('statusCode' in error || isRedisAway(error, redis)) return error;
  return new ApiError(422, `the queue refuses: ${error.message.split('\n')[0]}`);
}

const READ_ONLY = new Map<string, unknown>([
  ['readOnlyMode', true],
  ['allowRetries', false],
  ['allowCompletedRetries', false],
  ['stacktrace', []],
]);

/** The same data with every queue marked read-only and without stacks, at whatever depth they are. */
function forReading<T>(value: T): T {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only values are replaced, by others of their type
  return JSON.parse(JSON.stringify(value), (key, field: unknown) => READ_ONLY.get(key) ?? field) as T;
}
