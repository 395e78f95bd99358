import { accountName, symbolName } from '@backstop/intake';
import {
  lastDecisions,
  listAccounts,
  monitorReport,
  peekInstallation,
  readAccounts,
  readMonitor,
  readMonitors,
  type MonitorPicture,
  type Redis,
} from '@backstop/store';
import type { FastifyPluginAsync } from 'fastify';
import { z } from 'zod';
import { ApiError } from '../api-error.ts';
import { monitorDetail, monitorView } from '../monitor-view.ts';
import { errorSchema, monitorDetailSchema, monitorsSchema, STAGES, type MonitorDetail } from '../schemas.ts';
import type { ZodProvider } from '../zod-provider.ts';

const stage = z.enum([...STAGES, 'unknown'], `expected one of ${STAGES.join(', ')}, unknown`);
const query = z.strictObject({
  account: accountName.optional(),
  symbol: symbolName.optional(),
  stage: stage.optional(),
});

/** Monitors, as the shared cache has them: nothing here asks the exchange. */
export const monitorRoutes: FastifyPluginAsync<{ redis: Redis }> = async (server, { redis }) => {
  const routes = server.withTypeProvider<ZodProvider>();
  routes.get(
    '/v1/monitors',
    {
      schema: {
        summary: 'Active monitors: stage, size, stop, protection, conditions, last and next check',
        tags: ['monitors'],
        querystring: query,
        response: { 200: monitorsSchema, 400: errorSchema },
      },
    },
    async (request) => {
      const { account, symbol, stage: wanted } = request.query;
      if (account !== undefined) await checkAccount(redis, account);
      const monitors = await readMonitors(redis, account === undefined ? undefined : [account]);
      return {
        monitors: monitors
          .filter(({ ref }) => symbol === undefined || ref.symbol === symbol)
          .filter((monitor) => wanted === undefined || monitor.stage === wanted)
          .map(monitorView),
      };
    },
  );
  routes.get(
    '/v1/monitors/:id',
    {
      schema: {
        summary:
          'One monitor: plan, lanes, rows with their ages, executed sums, and what is wanted, stands, differs and comes next',
        description: 'Also for an hour after it closed.',
        tags: ['monitors'],
        params: z.object({ id: z.string() }),
        response: { 200: monitorDetailSchema, 404: errorSchema },
      },
    },
    async ({ params: { id } }) => {
      const monitor = await readMonitor(redis, id);
      if (monitor === undefined) throw new ApiError(404, `there is no monitor ${JSON.stringify(id)}`);
      return readDetail(redis, monitor);
    },
  );
};

async function readDetail(redis: Redis, monitor: MonitorPicture): Promise<MonitorDetail> {
  const [accounts, installation, decisions] = await Promise.all([
    readAccounts(redis, [monitor]),
    peekInstallation(redis),
    lastDecisions(redis, monitor.ref),
  ]);
  const account = accounts.find(({ name }) => name === monitor.ref.account);
  return monitorDetail(monitor, monitorReport(monitor, { account, installation }), decisions);
}

async function checkAccount(redis: Redis, account: string): Promise<void> {
  if ((await listAccounts(redis)).includes(account)) return;
  throw new ApiError(400, 'the query is not usable', [{ path: 'account', message: `unknown account ${account}` }]);
}
