/** A stream process that receives the frames of all accounts and tells of them, but patches no row and vouches for none. */
import type { PrivateFrame } from '@backstop/core';
import { openPrivateStream, privateStreamUrl } from '@backstop/exchange';
import { readAccountsFile } from '@backstop/intake';
import { aborted, openLog, readEnv, runService, type Log } from '@backstop/runtime';
import { connectRedis, redisTimeMs, type Redis } from '@backstop/store';
import { streamConfig } from '@backstop/stream/config';
import { tellReceived } from '@backstop/stream/tell-received';

await runService('stream', async (signal) => {
  const config = readEnv(streamConfig, process.env);
  await using resources = new AsyncDisposableStack();
  const { accounts } = readAccountsFile(config.BACKSTOP_ACCOUNTS_FILE);
  const redis = connectRedis(config.REDIS_URL, config.BACKSTOP_PROCESS_NAME);
  resources.defer(() => redis.disconnect());
  await redis.connect();
  const log = openLog({ service: config.BACKSTOP_PROCESS_NAME, level: config.BACKSTOP_LOG_LEVEL });
  for (const { name: account, ...credentials } of accounts) {
    const stream = openPrivateStream({
      credentials,
      url: privateStreamUrl(config.BACKSTOP_EXCHANGE_URL),
      admit: () => Promise.resolve(),
      listener: {
        ready: () => log.info({ account }, 'frames come'),
        frames: (frames) => void receive(account, frames, { redis, log }),
        down: ({ why }) => log.warn({ account, why }, 'frames have stopped'),
      },
    });
    resources.defer(() => stream.close());
  }
  await aborted(signal);
});

async function receive(
  account: string,
  frames: readonly PrivateFrame[],
  { redis, log }: { readonly redis: Redis; readonly log: Log },
): Promise<void> {
  tellReceived(account, frames, await redisTimeMs(redis), log);
}
