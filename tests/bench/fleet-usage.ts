import { listProcesses, type ProcessSeen, type Redis } from '@backstop/store';
import { cpuSeconds, machineSeconds } from './read-cpu.ts';
import { redisPid } from './redis-pid.ts';

/** What the processes of an installation have done and used since they began. */
export interface Usage {
  readonly atMs: number;
  /** CPU seconds by part. */
  readonly redis: number;
  readonly workers: number;
  readonly scheduler: number;
  readonly maintenance: number;
  readonly simulator: number;
  /** Of all cores, whoever used them. */
  readonly machine: number;
  readonly checks: number;
  /** Checks that found all facts there and nothing to do. */
  readonly unchanged: number;
}

export async function fleetUsage(redis: Redis, simulatorPid: number): Promise<Usage> {
  const processes = (await listProcesses(redis)).filter(({ alive }) => alive);
  const workers = processes.filter(({ service }) => service === 'worker');
  const counts = await Promise.all(workers.map(checksOf));
  const cpuOf = (service: string): Promise<number> =>
    cpuOfAll(processes.filter((process) => process.service === service));
  return {
    atMs: performance.now(),
    redis: await cpuSeconds(await redisPid(redis)),
    workers: await cpuOf('worker'),
    scheduler: await cpuOf('scheduler'),
    maintenance: await cpuOf('maintenance'),
    simulator: await cpuSeconds(simulatorPid),
    machine: await machineSeconds(),
    checks: sum(counts.map(({ checks }) => checks)),
    unchanged: sum(counts.map(({ unchanged }) => unchanged)),
  };
}

/** Checks that all workers have ended since they began. */
export async function checksDone(redis: Redis): Promise<number> {
  const workers = (await listProcesses(redis)).filter(({ service, alive }) => alive && service === 'worker');
  return sum((await Promise.all(workers.map(checksOf))).map(({ checks }) => checks));
}

async function cpuOfAll(processes: readonly ProcessSeen[]): Promise<number> {
  return sum(await Promise.all(processes.map(({ pid }) => cpuSeconds(pid))));
}

async function checksOf({ url }: ProcessSeen): Promise<{ checks: number; unchanged: number }> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const counts = [...text.matchAll(/^backstop_job_seconds_count\{.*outcome="(\w+)".*\} (\d+)$/gm)];
  const of = (isMeant: (outcome: string) => boolean): number =>
    sum(counts.map(([, outcome = '', count]) => (isMeant(outcome) ? Number(count) : 0)));
  return { checks: of(() => true), unchanged: of((outcome) => outcome === 'unchanged') };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
