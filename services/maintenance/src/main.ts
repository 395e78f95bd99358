import { aborted, giveWay, readEnv, runService } from '@backstop/runtime';
import { maintenanceConfig } from './config.ts';
import { firstPass } from './first-pass.ts';
import { openMaintenance } from './open-maintenance.ts';
import { restore } from './restore.ts';
import { runTask } from './run-task.ts';
import { drainAll } from './tasks/drain-outbox.ts';
import { TASKS } from './tasks/index.ts';

const FIRST_PASS_MS = 10_000;
/** From then on most of what it does has time: the archive, gauges. Prices and what follows a loss of Redis have not, so it is a little behind only. */
const NICENESS = 4;

await runService('maintenance', async (signal) => {
  const config = readEnv(maintenanceConfig, process.env);
  await using resources = new AsyncDisposableStack();

  const progress = { isRestored: false };
  const deps = await openMaintenance(config, progress, resources);
  const { redis, archive, log } = deps;
  await restore(redis, archive, log);
  progress.isRestored = true;
  // Protection first: what has happened is kept in Redis, and nothing is gone through, until the stops have been seen to.
  const stops = firstPass(redis, FIRST_PASS_MS, signal).catch(() => false);
  void stops.then(() => giveWay(NICENESS));
  const loops = TASKS.map(async (task) => {
    if (task.afterFirstPass === true) await stops;
    await runTask(task, deps, { signal });
  });
  await aborted(signal);
  await Promise.all(loops);
  await drainAll(redis, archive).catch((error: unknown) => log.warn({ err: error }, 'last drain failed'));
});
