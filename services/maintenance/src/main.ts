import { aborted, readEnv, runService } from '@backstop/runtime';
import { maintenanceConfig } from './config.ts';
import { openMaintenance } from './open-maintenance.ts';
import { restore } from './restore.ts';
import { runTask } from './run-task.ts';
import { drainAll } from './tasks/drain-outbox.ts';
import { TASKS } from './tasks/index.ts';

await runService('maintenance', async (signal) => {
  const config = readEnv(maintenanceConfig, process.env);
  await using resources = new AsyncDisposableStack();

  const progress = { isRestored: false };
  const deps = await openMaintenance(config, progress, resources);
  const { redis, archive, log } = deps;
  await restore(redis, archive, log);
  progress.isRestored = true;
  const loops = TASKS.map((task) => runTask(task, deps, { signal }));
  await aborted(signal);
  await Promise.all(loops);
  await drainAll(redis, archive).catch((error: unknown) => log.warn({ err: error }, 'last drain failed'));
});
