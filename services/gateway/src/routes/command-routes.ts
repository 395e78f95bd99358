import { planFileSchema } from '@backstop/intake';
import type { Queues, Redis } from '@backstop/store';
import type { FastifyPluginAsync } from 'fastify';
import { ApiError } from '../api-error.ts';
import { acceptedSchema, errorSchema, persistedSchema, type AcceptedView } from '../schemas.ts';
import { submitPlans } from '../submit-plans.ts';
import type { ZodProvider } from '../zod-provider.ts';

const PERSIST_MS = 30_000;
const security = [{ operator: [] }];
const refusals = { 400: errorSchema, 401: errorSchema, 403: errorSchema, 503: errorSchema };

/** What changes state. All of it has passed the gate. */
export const commandRoutes: FastifyPluginAsync<{ redis: Redis; queues: Queues }> = async (server, deps) => {
  const routes = server.withTypeProvider<ZodProvider>();
  const submit = oneAtATime((body) => submitPlans(body, deps));
  routes.post(
    '/v1/monitors',
    {
      validatorCompiler: () => (body: unknown) => ({ value: body }), // submitPlans tells all faults at once
      schema: {
        summary: 'Accept the plans of a plan file, all or none',
        description: 'They are checked as by the command line, and due at once.',
        tags: ['commands'],
        security,
        body: planFileSchema,
        response: { 201: acceptedSchema, 409: errorSchema, 413: errorSchema, 422: errorSchema, ...refusals },
      },
    },
    async ({ body }, reply) => reply.code(201).send(await submit(body)),
  );
  routes.post(
    '/v1/persist',
    {
      schema: {
        summary: 'Bring everything into the archive now; answers when it is durable',
        tags: ['commands'],
        security,
        response: { 200: persistedSchema, ...refusals },
      },
    },
    () => persist(deps.queues),
  );
};

/** Two files that claim the same place are judged one after the other: the second one hears of all its faults. */
function oneAtATime(submit: (body: unknown) => Promise<AcceptedView>): (body: unknown) => Promise<AcceptedView> {
  let last: Promise<unknown> = Promise.resolve();
  return (body) => {
    const next = last.then(() => submit(body));
    last = next.catch(() => undefined);
    return next;
  };
}

async function persist(queues: Queues): Promise<Record<string, number>> {
  const reply = await queues.ask({ type: 'persist' }, { timeoutMs: PERSIST_MS }).catch((error: unknown) => {
    const why = error instanceof Error ? error.message.split('\n')[0] : 'no answer';
    throw new ApiError(503, `not persisted: ${why}`);
  });
  return persistedSchema.parse(reply);
}
