import type { Queues, Redis } from '@backstop/store';
import type { FastifyPluginAsync } from 'fastify';
import type { OperatorGate } from '../operator-gate.ts';
import { renderPage, renderSections } from '../page/render-page.ts';
import { readOverview } from '../read-overview.ts';

interface PageDeps {
  readonly redis: Redis;
  readonly queues: Queues;
  readonly gate: OperatorGate;
}

/** The first page, the parts of it that change, and the way for a browser to show the operator token to Bull Board. */
export const pageRoutes: FastifyPluginAsync<PageDeps> = async (server, { redis, queues, gate }) => {
  const hidden = { schema: { hide: true } };
  server.get('/', hidden, async (_request, reply) => {
    const overview = await readOverview(redis, queues).catch(() => undefined);
    return reply.type('text/html; charset=utf-8').header('cache-control', 'no-store').send(renderPage(overview));
  });
  server.get('/sections.json', hidden, async (_request, reply) => {
    const sections = renderSections(await readOverview(redis, queues));
    return reply.type('application/json').header('cache-control', 'no-store').send(JSON.stringify(sections));
  });
  server.get('/queues/sign-in', hidden, async ({ headers }, reply) => {
    if (gate.isOperator(headers)) return reply.redirect('/queues', 303);
    return reply
      .code(401)
      .header('www-authenticate', 'Basic realm="Backstop operator: any name, the token as password"')
      .type('application/json')
      .send('{"error":"the operator token is needed, as the password of any name"}');
  });
};
