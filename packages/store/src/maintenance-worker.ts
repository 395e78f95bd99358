import { Worker } from 'bullmq';
import { QUEUE_PREFIX } from './keys.ts';
import { MAINTENANCE_QUEUE, type MaintenanceCommand } from './maintenance-command.ts';
import { connectListener } from './queue-connection.ts';

/** Carries out one command; what it resolves with (JSON) is the reply, what it rejects with reaches the one who asked. */
export type MaintenanceProcessor = (command: MaintenanceCommand) => Promise<unknown>;

export interface MaintenanceWorker extends AsyncDisposable {
  ready(): Promise<void>;
  close(): Promise<void>;
}

/** A command whose service died is reported as failed within about 10 s, not repeated: the one who asked decides. */
const LOCK = { lockDuration: 5_000, stalledInterval: 5_000, maxStalledCount: 0 } as const;

/** Starts taking commands, one after the other. Connections are its own. */
export function maintenanceWorker(
  redisUrl: string,
  processor: MaintenanceProcessor,
  onError: (error: Error) => void = () => undefined,
): MaintenanceWorker {
  const redis = connectListener(redisUrl, 'backstop-maintenance');
  const worker = new Worker<MaintenanceCommand>(MAINTENANCE_QUEUE, ({ data }) => processor(data), {
    connection: redis,
    prefix: QUEUE_PREFIX,
    concurrency: 1,
    ...LOCK,
  });
  worker.on('error', onError);
  const close = async (): Promise<void> => {
    await worker.close();
    redis.disconnect();
  };
  return { ready: () => worker.waitUntilReady(), close, [Symbol.asyncDispose]: close };
}
