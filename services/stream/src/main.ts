import { aborted, readEnv, runService } from '@backstop/runtime';
import { streamConfig } from './config.ts';
import { openStreams } from './open-streams.ts';

await runService('stream', async (signal) => {
  const config = readEnv(streamConfig, process.env);
  await using resources = new AsyncDisposableStack();

  const { log, accounts } = await openStreams(config, resources);
  log.info({ accounts }, 'stream ready');
  await aborted(signal);
  log.info('stream draining');
});
