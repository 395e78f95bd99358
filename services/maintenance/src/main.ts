import { aborted, readEnv, runService } from '@backstop/runtime';
import { maintenanceConfig } from './config.ts';
import { firstPass } from './first-pass.ts';
import { openMaintenance } from './open-maintenance.ts';
import { restore } from './restore.ts';
import { runTask } from './run-task.ts';
import { drainAll, drainOutbox } from './tasks/drain-outbox.ts';
import { TASKS } from './tasks/index.ts';

const HISTORY_WAITS_MS = 10_000;

await runService('maintenance', async (signal) => {
  const config = readEnv(maintenanceConfig, process.env);
  await using resources = new AsyncDisposableStack();

  const progress = { isRestored: false };
  const deps = await openMaintenance(config, progress, resources);
  const { redis, archive, log } = deps;
  await restore(redis, archive, log);
  progress.isRestored = true;
  // Positions first, then orders, then history: what has happened is kept in Redis until the stops have been seen to.
  const history = firstPass(redis, HISTORY_WAITS_MS, signal).catch(() => false);
  const loops = TASKS.map(async (task) => {
    if (task.run === drainOutbox) await history;
    await runTask(task, deps, { signal });
  });
  await aborted(signal);
  await Promise.all(loops);
  await drainAll(redis, archive).catch((error: unknown) => log.warn({ err: error }, 'last drain failed'));
});
