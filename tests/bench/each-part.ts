import { listProcesses } from '@backstop/store';
import type { Fleet } from '../support/fleet.ts';
import type { Market } from './market.ts';
import { redisPid } from './redis-pid.ts';

/** Reads something of each process of an installation, of its Redis and of the exchange: by name. */
export async function eachPart(
  { redis }: Pick<Fleet, 'redis'>,
  { pid }: Pick<Market, 'pid'>,
  read: (pid: number) => Promise<number>,
): Promise<Readonly<Record<string, number>>> {
  const processes = (await listProcesses(redis)).map((process) => [process.name, process.pid] as const);
  const parts = [...processes, ['redis', await redisPid(redis)] as const, ['simulator', pid] as const];
  return Object.fromEntries(await Promise.all(parts.map(async ([name, id]) => [name, await read(id)] as const)));
}
