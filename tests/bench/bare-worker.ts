/** A process of BullMQ alone, with the options of the check workers and jobs that do nothing. Says how many it did when asked. */
import { CHECK_WORKER_OPTIONS, QUEUE_PREFIX } from '@backstop/store';
import { Worker } from 'bullmq';
import { BARE_QUEUE, bareConnection } from './bare-queue.ts';

const [redisUrl = '', concurrency = ''] = process.argv.slice(2);
const connection = bareConnection(redisUrl);
let done = 0;
const options = { ...CHECK_WORKER_OPTIONS, connection, prefix: QUEUE_PREFIX, concurrency: Number(concurrency) };
const worker = new Worker(BARE_QUEUE, () => Promise.resolve(void (done += 1)), options);
process.on('message', () => process.send?.(done));
process.once('disconnect', () => {
  void worker.close().then(() => connection.disconnect());
});
