import { budgetedHooks } from '@backstop/desk';
import { openExchanges, privateStreamUrl } from '@backstop/exchange';
import { readAccountsFile } from '@backstop/intake';
import { every, openProcess, sleep, type Log } from '@backstop/runtime';
import { beat, connectReader, loadFrameScripts, openQueues, type Queues } from '@backstop/store';
import type { StreamConfig } from './config.ts';
import { observeStreams } from './observe-streams.ts';
import { openShare } from './open-share.ts';
import type { ShareKeeper } from './share-keeper.ts';

const KEEP_MS = 1_000;
const READY_MS = 5_000;

/**
 * Opens everything that a stream process needs and begins to keep its share. It all closes with `resources`, the share first.
 * `wakersOf` says who wakes monitors in place of the queues themselves.
 */
export async function openStreams(
  config: StreamConfig,
  resources: AsyncDisposableStack,
  wakersOf: (queues: Queues) => Pick<Queues, 'wake'> = (queues) => queues,
): Promise<{ readonly log: Log; readonly accounts: number }> {
  const { accounts } = readAccountsFile(config.BACKSTOP_ACCOUNTS_FILE);
  const redis = connectReader(config.REDIS_URL, config.BACKSTOP_PROCESS_NAME);
  resources.defer(() => redis.disconnect());
  await redis.connect();
  let keeper: ShareKeeper | undefined;
  const reasons = (): readonly string[] => keeper?.reasons() ?? ['it has just started'];
  const running = await openProcess(
    { service: 'stream', config, redis, reasons, beat: (record) => beat(redis, record) },
    resources,
  );

  const { log } = running;
  const onError = (error: Error): void => log.warn({ reason: error.message }, 'queue connection failed');
  const queues = openQueues(config.REDIS_URL, { redis, onError });
  resources.defer(() => queues.close());
  await untilReady(queues);
  const load = (): Promise<void> =>
    loadFrameScripts(redis).catch((err: unknown) => log.warn({ err }, 'scripts not loaded'));
  redis.on('ready', () => void load()); // before any frame goes over it
  await load();
  const observer = observeStreams(running);
  const exchanges = resources.use(
    openExchanges({
      accounts,
      baseUrl: config.BACKSTOP_EXCHANGE_URL,
      maxSockets: config.BACKSTOP_MAX_SOCKETS,
      hooksOf: (account) => budgetedHooks(redis, account, observer),
    }),
  );
  const url = config.BACKSTOP_STREAM_URL ?? privateStreamUrl(config.BACKSTOP_EXCHANGE_URL);
  const owner = config.BACKSTOP_PROCESS_NAME;
  const share = openShare({
    redis,
    queues: wakersOf(queues),
    observer,
    log,
    accounts,
    url,
    owner,
    exchangeOf: exchanges.of,
  });
  keeper = share;
  resources.defer(() => share.close());
  keep(share, log, resources);
  return { log, accounts: accounts.length };
}

/** BullMQ waits for ever for a connection that is lost in its first moment: then this process had better be started again. */
async function untilReady(queues: Queues): Promise<void> {
  const cancel = new AbortController();
  const ready = queues.ready().then(() => true);
  const late = sleep(READY_MS, cancel.signal).then((isLate) => !isLate);
  const isReady = await Promise.race([ready, late]).finally(() => cancel.abort());
  if (!isReady) throw new Error('the queues are not ready');
}

function keep(share: ShareKeeper, log: Log, resources: AsyncDisposableStack): void {
  const stop = new AbortController();
  const kept = every(
    KEEP_MS,
    stop.signal,
    () => share.keep(),
    (error) => log.warn({ err: error }, 'share not kept'),
  );
  resources.defer(async () => {
    stop.abort();
    await kept;
  });
}
