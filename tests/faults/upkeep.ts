import { openMaintenanceProcess } from './maintenance-process.ts';
import type { MemoryArchive } from './memory-archive.ts';
import { openSchedulerProcess } from './scheduler-process.ts';
import type { FleetParts } from './worker-process.ts';

/** Schedulers and maintenance, a process each, all of which may die. */
export interface Upkeep {
  readonly killMaintenance: () => void;
  readonly startMaintenance: () => void;
  readonly killSchedulers: () => void;
  /** One more, whether or not there is one already. */
  readonly startScheduler: () => void;
  /** Something was written that may have made a monitor due. */
  readonly nudge: () => void;
}

export function openUpkeep(parts: FleetParts, archive: MemoryArchive): Upkeep {
  let maintenance = openMaintenanceProcess(parts, archive);
  let schedulers = [openSchedulerProcess(parts)];
  return {
    killMaintenance: () => maintenance.kill(),
    startMaintenance: () => {
      maintenance = openMaintenanceProcess(parts, archive);
    },
    killSchedulers: () => {
      for (const scheduler of schedulers) scheduler.kill();
      schedulers = [];
    },
    startScheduler: () => void schedulers.push(openSchedulerProcess(parts)),
    nudge: () => {
      for (const scheduler of schedulers) scheduler.nudge();
    },
  };
}
