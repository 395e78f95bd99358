import { adoptPositions } from './adopt-positions.ts';
import { cancelOrphans } from './cancel-orphans.ts';
import { cleanQueue } from './clean-queue.ts';
import { drainOutbox } from './drain-outbox.ts';
import { evictCache } from './evict-cache.ts';
import { fleetGauges } from './fleet-gauges.ts';
import { forgetEnded } from './forget-processes.ts';
import { noticeLoss } from './notice-loss.ts';
import { refreshInstruments } from './refresh-instruments.ts';
import { refreshPrices } from './refresh-prices.ts';
import type { Task } from './task.ts';
import { workGauges } from './work-gauges.ts';

/** Everything that maintenance does by itself. A new task is one file and one row. */
export const TASKS: readonly Task[] = [
  { name: 'refresh-instruments', everyMs: 3_600_000, run: refreshInstruments },
  { name: 'refresh-prices', everyMs: 5_000, run: refreshPrices },
  { name: 'drain-outbox', everyMs: 500, run: drainOutbox },
  { name: 'evict-cache', everyMs: 30_000, run: evictCache },
  { name: 'cancel-orphans', everyMs: 30_000, run: cancelOrphans },
  { name: 'adopt-positions', everyMs: 1_000, run: adoptPositions },
  { name: 'clean-queues', everyMs: 60_000, run: cleanQueue },
  { name: 'forget-processes', everyMs: 600_000, run: forgetEnded },
  { name: 'notice-loss', everyMs: 1_000, run: noticeLoss },
  { name: 'fleet-gauges', everyMs: 2_000, run: fleetGauges },
  { name: 'work-gauges', everyMs: 2_000, run: workGauges },
];
