import { budgetedHooks } from '@backstop/desk';
import { openExchanges } from '@backstop/exchange';
import { readAccountsFile } from '@backstop/intake';
import { ConfigError, observeRequests, openFleetMetrics, openProcess } from '@backstop/runtime';
import { beat, connectRedis, maintenanceWorker, openArchive, openQueues, setAccounts } from '@backstop/store';
import type { MaintenanceConfig } from './config.ts';
import { answerCommand } from './answer-command.ts';
import { openLaps } from './open-laps.ts';
import type { TaskDeps } from './tasks/task.ts';

/** Opens what maintenance needs: Redis, archive, exchanges, and the queue of operator commands. Closes with `resources`. */
export async function openMaintenance(config: MaintenanceConfig, resources: AsyncDisposableStack): Promise<TaskDeps> {
  const { accounts: credentials } = readAccountsFile(config.BACKSTOP_ACCOUNTS_FILE);
  const accounts = credentials.map(({ name }) => name);
  const archive = await openArchive(archivePlace(config));
  resources.defer(() => archive.close());
  const redis = connectRedis(config.REDIS_URL, config.BACKSTOP_PROCESS_NAME);
  resources.defer(() => redis.disconnect());
  await redis.connect();
  await setAccounts(redis, accounts);

  const running = await openProcess(
    { service: 'maintenance', config, redis, beat: (record) => beat(redis, record) },
    resources,
  );
  const observer = observeRequests(running);
  const exchanges = resources.use(
    openExchanges({
      accounts: credentials,
      baseUrl: config.BACKSTOP_EXCHANGE_URL,
      maxSockets: 2,
      hooksOf: (account) => budgetedHooks(redis, account, observer),
    }),
  );
  const queues = openQueues(config.REDIS_URL);
  resources.defer(() => queues.close());
  const commands = maintenanceWorker(config.REDIS_URL, (command) => answerCommand(command, { redis, archive }));
  resources.defer(() => commands.close());

  const { log, metrics, count } = running;
  const fleet = openFleetMetrics(metrics);
  const since = openLaps(() => performance.now());
  return { redis, archive, queues, accounts, exchangeOf: exchanges.of, log, fleet, count, since };
}

function archivePlace({
  DATABASE_URL,
  BACKSTOP_ARCHIVE_DIR,
}: MaintenanceConfig): { databaseUrl: string } | { dataDir: string } {
  if (DATABASE_URL !== undefined) return { databaseUrl: DATABASE_URL };
  if (BACKSTOP_ARCHIVE_DIR !== undefined) return { dataDir: BACKSTOP_ARCHIVE_DIR };
  throw new ConfigError('the environment is not usable', ['DATABASE_URL: not set, and no BACKSTOP_ARCHIVE_DIR either']);
}
