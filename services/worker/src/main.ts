import { aborted, readEnv, runService } from '@backstop/runtime';
import { workerConfig } from './config.ts';
import { openWorker } from './open-worker.ts';

await runService('worker', async (signal) => {
  const config = readEnv(workerConfig, process.env);
  await using resources = new AsyncDisposableStack();

  const { log } = await openWorker(config, resources);
  log.info({ lanes: config.BACKSTOP_LANES, concurrency: config.WORKER_CONCURRENCY }, 'worker ready');
  await aborted(signal);
  log.info('worker draining');
});
