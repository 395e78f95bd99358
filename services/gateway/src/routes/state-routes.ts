import { readMonitors, type Queues, type Redis } from '@backstop/store';
import type { FastifyPluginAsync } from 'fastify';
import { accountsView, cacheView, processesView, queuesView } from '../read-overview.ts';
import { accountsSchema, cacheSchema, processesSchema, queuesSchema } from '../schemas.ts';
import type { ZodProvider } from '../zod-provider.ts';

/** Accounts, cache, processes and queues. */
export const stateRoutes: FastifyPluginAsync<{ redis: Redis; queues: Queues }> = async (server, { redis, queues }) => {
  const routes = server.withTypeProvider<ZodProvider>();
  routes.get(
    '/v1/accounts',
    {
      schema: {
        summary: 'Accounts: monitors, positions protected, failed reads, call budget blocks',
        tags: ['state'],
        response: { 200: accountsSchema },
      },
    },
    async () => accountsView(redis, await readMonitors(redis)),
  );
  routes.get(
    '/v1/cache',
    {
      schema: {
        summary: 'The shared cache: hits, patches, expiries, misses and hit rate by kind; sizes and ages by account',
        description: 'Counts since Redis started empty.',
        tags: ['state'],
        response: { 200: cacheSchema },
      },
    },
    async () => cacheView(redis, await readMonitors(redis)),
  );
  routes.get(
    '/v1/processes',
    {
      schema: {
        summary: 'Processes and when they were last heard',
        tags: ['state'],
        response: { 200: processesSchema },
      },
    },
    () => processesView(redis),
  );
  routes.get(
    '/v1/queues',
    { schema: { summary: 'Jobs by queue and state', tags: ['state'], response: { 200: queuesSchema } } },
    () => queuesView(queues),
  );
};
