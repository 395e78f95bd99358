import type { Lane } from '@backstop/core';
import { budgetedHooks, openDesk, openReceipts, type Desk } from '@backstop/desk';
import { openExchanges } from '@backstop/exchange';
import { readAccountsFile } from '@backstop/intake';
import { openProcess, type Log, type ServiceProcess } from '@backstop/runtime';
import {
  beat,
  checkWorker,
  connectReader,
  installation,
  openQueues,
  skewCounter,
  SKEW_TOLD_MS,
  touchChecked,
  type MonitorRef,
  type ProcessBeat,
  type Redis,
} from '@backstop/store';
import type { WorkerConfig } from './config.ts';
import { openTouches } from './open-touches.ts';
import { observe, type ClockSeen } from './observe.ts';
import { onFirstUse } from './on-first-use.ts';
import { runCheck } from './run-check.ts';

/** A worker whose clock is further off than this would be refused by the exchange: it is not ready (S-32). */
const CLOCK_SKEW_NOT_READY_MS = 750;

/** Opens everything that a worker process needs and starts taking jobs. It all closes with `resources`, queues first. */
export async function openWorker(config: WorkerConfig, resources: AsyncDisposableStack): Promise<{ log: Log }> {
  const redis = connectReader(config.REDIS_URL, config.BACKSTOP_PROCESS_NAME);
  resources.defer(() => redis.disconnect());
  await redis.connect();
  const seen: ClockSeen = { skewMs: 0, byAccount: new Map() };
  const reasons = (): string[] =>
    Math.abs(seen.skewMs) <= CLOCK_SKEW_NOT_READY_MS ? [] : [`clock is off by ${seen.skewMs} ms`];
  const running = await openProcess(
    { service: 'worker', config, redis, reasons, beat: (record) => beat(redis, withSkew(record, seen)) },
    resources,
  );

  const deskOf = openWorkerDesk({ config, redis, running, seen }, resources);
  const { log } = running;
  const touches = openTouches(
    ({ ref, lane }, touched) => touchChecked(redis, ref, lane, touched),
    (error) => log.warn({ err: error }, 'checks not recorded: they are due again when their lease ends'),
  );
  resources.defer(touches.flush);
  // Not before there is a plan: after a loss of Redis maintenance brings the letters back first, and then the plans.
  const deps = onFirstUse(async () => {
    const own = await installation(redis);
    const decided = (): void => running.count('decisions');
    return { running, redis, log, installation: own, desk: deskOf(own), decided, touch: touches.touch };
  });
  const workers = config.BACKSTOP_LANES.map((lane) =>
    checkWorker(
      config.REDIS_URL,
      lane,
      (run, token, signal) => touches.during(async () => runCheck({ run, token, signal }, await deps())),
      {
        concurrency: config.WORKER_CONCURRENCY,
        name: config.BACKSTOP_PROCESS_NAME,
        onError: (error) => log.warn({ lane, reason: error.message }, 'queue worker failed'),
      },
    ),
  );
  resources.defer(async () => {
    await Promise.all(workers.map((worker) => worker.close())); // at once: they share the time that a drain may take
  });
  return { log };
}

/** The clock's skew goes along, so that the others can tell of it; of accounts only what is worth telling (S-32). */
function withSkew(record: ProcessBeat, { skewMs, byAccount }: ClockSeen): ProcessBeat {
  const told = [...byAccount].filter(([, ms]) => Math.abs(ms) > SKEW_TOLD_MS);
  const ofAccounts = Object.fromEntries(told.map(([account, ms]) => [skewCounter(account), ms]));
  return { ...record, counters: { ...record.counters, clockSkewMs: skewMs, ...ofAccounts } };
}

interface DeskParts {
  readonly config: WorkerConfig;
  readonly redis: Redis;
  readonly running: ServiceProcess;
  /** Follows the exchange's clock. */
  readonly seen: ClockSeen;
}

/** Opens what a desk needs; the desk itself is the installation's. */
function openWorkerDesk(
  { config, redis, running, seen }: DeskParts,
  resources: AsyncDisposableStack,
): (installation: string) => Desk {
  const queues = openQueues(config.REDIS_URL);
  resources.defer(() => queues.close());
  const observer = observe(running, seen);
  const exchanges = resources.use(
    openExchanges({
      accounts: readAccountsFile(config.BACKSTOP_ACCOUNTS_FILE).accounts,
      baseUrl: config.BACKSTOP_EXCHANGE_URL,
      maxSockets: config.BACKSTOP_MAX_SOCKETS,
      hooksOf: (account) => budgetedHooks(redis, account, observer),
    }),
  );
  const shared = {
    redis,
    exchangeOf: exchanges.of,
    wake: (ref: MonitorRef, lane: Lane) => queues.wake(ref, lane, 'event', 'waiter'),
    receipts: openReceipts(),
    observer,
    log: running.log,
  };
  return (own) => openDesk({ ...shared, installation: own });
}
