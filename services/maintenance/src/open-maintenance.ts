import { budgetedHooks, onLane, openReceipts, refreshAccount } from '@backstop/desk';
import { openExchanges, type Exchanges } from '@backstop/exchange';
import { readAccountsFile, readAdoptionFile, type Credentials } from '@backstop/intake';
import { ConfigError, observeRequests, openFleetMetrics, openProcess, type ServiceProcess } from '@backstop/runtime';
import {
  beat,
  connectRedis,
  maintenanceWorker,
  openArchive,
  openQueues,
  peekInstallation,
  setAccounts,
  type MonitorRef,
  type Redis,
} from '@backstop/store';
import type { Decimal, Lane } from '@backstop/core';
import type { MaintenanceConfig } from './config.ts';
import { answerCommand } from './answer-command.ts';
import { openLaps } from './open-laps.ts';
import { openReactions } from './open-reactions.ts';
import { refreshInstruments } from './tasks/refresh-instruments.ts';
import type { TaskDeps } from './tasks/task.ts';

/** Opens what maintenance needs: Redis, archive, exchanges, and the queue of operator commands. Closes with `resources`. */
export async function openMaintenance(
  config: MaintenanceConfig,
  progress: { readonly isRestored: boolean },
  resources: AsyncDisposableStack,
): Promise<TaskDeps> {
  const { accounts: credentials } = readAccountsFile(config.BACKSTOP_ACCOUNTS_FILE);
  const accounts = credentials.map(({ name }) => name);
  const adoptionOf = readAdoptionFile(config.BACKSTOP_ADOPTION_FILE, accounts);
  const place = archivePlace(config);
  const redis = connectRedis(config.REDIS_URL, config.BACKSTOP_PROCESS_NAME);
  resources.defer(() => redis.disconnect());
  await redis.connect();
  await setAccounts(redis, accounts);

  const running = await openProcess(
    {
      service: 'maintenance',
      config,
      redis,
      reasons: () => (progress.isRestored ? [] : ['plans are being restored']),
      beat: (record) => beat(redis, record),
    },
    resources,
  );
  const exchanges = resources.use(openAccounts(credentials, { config, redis, running }));
  const { log, metrics, count } = running;
  const rules = firstInstruments({ redis, accounts, exchangeOf: exchanges.of, log }); // meanwhile: an archive takes its time
  const [archive] = await Promise.all([openArchive(place), rules]);
  resources.defer(() => archive.close());
  const queues = openQueues(config.REDIS_URL);
  resources.defer(() => queues.close());
  const refresh = refresher({ redis, exchangeOf: exchanges.of, queues, accounts });
  const answering = { redis, archive, refresh, equityOf: equityReader(exchanges.of) };
  const commands = maintenanceWorker(config.REDIS_URL, (command) => answerCommand(command, answering));
  resources.defer(() => commands.close());

  return {
    redis,
    archive,
    queues,
    accounts,
    exchangeOf: exchanges.of,
    refresh,
    adoptionOf,
    askedAtMs: new Map(),
    log,
    count,
    lives: new Map(),
    ...openMeasures(metrics),
  };
}

/**
 * Trading rules are there before the plans come back, since nothing is decided without them. Where they cannot be read now,
 * the plans do not wait.
 */
async function firstInstruments(deps: Parameters<typeof refreshInstruments>[0]): Promise<void> {
  const signal = AbortSignal.timeout(FIRST_INSTRUMENTS_MS);
  const lane = { lane: 'protective', prepaid: false, maxWaitMs: FIRST_INSTRUMENTS_MS } as const;
  await onLane(lane, () => refreshInstruments(deps, signal)).catch((error: unknown) =>
    deps.log.warn({ err: error }, 'instruments not read yet'),
  );
}

function openMeasures(metrics: ServiceProcess['metrics']): Pick<TaskDeps, 'fleet' | 'since' | 'followReactions'> {
  const fleet = openFleetMetrics(metrics);
  return {
    fleet,
    since: openLaps(() => performance.now()),
    followReactions: openReactions((ms) => fleet.reactionSeconds.observe(ms / 1_000)),
  };
}

const FIRST_INSTRUMENTS_MS = 2_000;
const REFRESH_MS = 10_000;
const EQUITY_MS = 5_000;

/** Somebody waits for it to hand a plan over: it goes with the entries. */
function equityReader(exchangeOf: Exchanges['of']): (account: string) => Promise<Decimal> {
  return (account) =>
    onLane({ lane: 'entry', prepaid: false, maxWaitMs: EQUITY_MS }, async () =>
      exchangeOf(account).equity({ signal: AbortSignal.timeout(REFRESH_MS) }),
    );
}

/** Reads an account through the desk, as a check would. */
function refresher({
  redis,
  exchangeOf,
  queues,
  accounts,
}: Pick<TaskDeps, 'redis' | 'exchangeOf' | 'queues' | 'accounts'>): (
  account: string,
  signal?: AbortSignal,
) => Promise<string> {
  const receipts = openReceipts();
  const wake = (ref: MonitorRef, lane: Lane): Promise<void> => queues.wake(ref, lane, 'event', 'waiter');
  return async (account, signal) => {
    if (!accounts.includes(account)) return 'not read: maintenance has no key of it';
    const deps = { redis, exchangeOf, receipts, wake, installation: (await peekInstallation(redis)) ?? '' };
    const limit = AbortSignal.timeout(REFRESH_MS);
    return refreshAccount(account, signal === undefined ? limit : AbortSignal.any([limit, signal]), deps);
  };
}

interface Surroundings {
  readonly config: MaintenanceConfig;
  readonly redis: Redis;
  readonly running: ServiceProcess;
}

function openAccounts(accounts: readonly Credentials[], { config, redis, running }: Surroundings): Exchanges {
  const observer = observeRequests(running);
  return openExchanges({
    accounts,
    baseUrl: config.BACKSTOP_EXCHANGE_URL,
    maxSockets: 2,
    hooksOf: (account) => budgetedHooks(redis, account, observer),
  });
}

function archivePlace({
  DATABASE_URL,
  BACKSTOP_ARCHIVE_DIR,
}: MaintenanceConfig): { databaseUrl: string } | { dataDir: string } {
  if (DATABASE_URL !== undefined) return { databaseUrl: DATABASE_URL };
  if (BACKSTOP_ARCHIVE_DIR !== undefined) return { dataDir: BACKSTOP_ARCHIVE_DIR };
  throw new ConfigError('the environment is not usable', ['DATABASE_URL: not set, and no BACKSTOP_ARCHIVE_DIR either']);
}
