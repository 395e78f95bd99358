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
  { name: 'notice-loss', everyMs: 1_000, run: noticeLoss },
  { name: 'work-gauges', everyMs: 2_000, run: workGauges },
  { name: 'drain-outbox', everyMs: 500, afterFirstPass: true, run: drainOutbox },
  { name: 'fleet-gauges', everyMs: 2_000, afterFirstPass: true, run: fleetGauges },
  { name: 'adopt-positions', everyMs: 1_000, afterFirstPass: true, run: adoptPositions },
  { name: 'cancel-orphans', everyMs: 30_000, afterFirstPass: true, run: cancelOrphans },
  { name: 'evict-cache', everyMs: 30_000, afterFirstPass: true, run: evictCache },
  { name: 'clean-queues', everyMs: 60_000, afterFirstPass: true, run: cleanQueue },
  { name: 'forget-processes', everyMs: 600_000, afterFirstPass: true, run: forgetEnded },
];
