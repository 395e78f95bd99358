import type { FastifyPluginAsync } from 'fastify';

const LIMIT_MS = 5_000;

/** What this process serves on its own port for those who watch it, here too. */
export const processRoutes: FastifyPluginAsync<{ healthUrl: string }> = async (server, { healthUrl }) => {
  const summaries = { '/metrics': 'Metrics of this process', '/healthz': 'Alive', '/readyz': 'Doing its work' };
  for (const [path, summary] of Object.entries(summaries)) {
    server.get(path, { schema: { summary, tags: ['process'] } }, async (_request, reply) => {
      const answer = await fetch(`${healthUrl}${path}`, { signal: AbortSignal.timeout(LIMIT_MS) });
      const type = answer.headers.get('content-type') ?? 'text/plain';
      return reply
        .code(answer.status)
        .type(type)
        .send(await answer.text());
    });
  }
};
