export { freePort } from './free-port.ts';
export { startRedis, type TestRedis } from './redis-server.ts';
export type { Gate } from './twin/connection.ts';
export { openTwinQueues, type TwinQueues } from './twin-queues/open-twin-queues.ts';
export type { TwinWorker } from './twin-queues/twin-worker.ts';
export { openTwin, type Twin } from './twin/twin.ts';
export { virtualRedis, type VirtualRedis } from './virtual-redis.ts';
