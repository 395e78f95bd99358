import { openProcess, readEnv, runService } from '@backstop/runtime';
import { beat, connectReader, openQueues } from '@backstop/store';
import { schedulerConfig } from './config.ts';
import { scheduleChecks } from './schedule-checks.ts';

await runService('scheduler', async (signal) => {
  const config = readEnv(schedulerConfig, process.env);
  await using resources = new AsyncDisposableStack();

  const redis = connectReader(config.REDIS_URL, config.BACKSTOP_PROCESS_NAME);
  resources.defer(() => redis.disconnect());
  await redis.connect();
  const running = await openProcess(
    { service: 'scheduler', config, redis, beat: (record) => beat(redis, record) },
    resources,
  );
  const queues = openQueues(config.REDIS_URL);
  resources.defer(() => queues.close());
  await scheduleChecks({ ...running, redis, queues }, config, signal);
});
