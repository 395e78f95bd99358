import path from 'node:path';
import { listProcesses } from '@backstop/store';
import type { ProcessSeen, Redis } from '@backstop/store';
import { lastLines } from './last-lines.ts';
import { pollUntil } from './poll-until.ts';
import { RunError } from './run-error.ts';
import { supervise } from './supervise.ts';
import type { Child, ChildWatcher } from './supervise.ts';

export interface ServicesStart {
  readonly redisUrl: string;
  readonly exchangeUrl: string;
  readonly accountsFile: string;
  /** undefined = positions that no plan opened are left alone. */
  readonly adoptionFile: string | undefined;
  /** Of the embedded archive; DATABASE_URL goes before it. */
  readonly archiveDir: string;
  readonly logDir: string;
  readonly workers: number;
  /** 0 = the exchange is only polled. */
  readonly streams: number;
  readonly gateway: { readonly host: string; readonly port: number; readonly operatorToken: string };
  readonly env: NodeJS.ProcessEnv;
}

export interface Services {
  readonly children: readonly Child[];
  /** Maintenance last, so that it can archive the last words of the others. */
  readonly stop: (graceMs: number) => Promise<void>;
}

const MAINTENANCE = 'maintenance';
const GATEWAY = 'gateway';
const READY_MS = 30_000;
const STOP_MS = 5_000;
/** Part of the grace that is for all others; the rest is for maintenance. */
const WORKERS_SHARE = 0.6;

/**
 * Starts maintenance, gateway, scheduler, streams and workers as processes of their own, each with its log in the state folder. `resources`
 * stops them, also those that had been started when another one could not be.
 */
export async function startServices(
  start: ServicesStart,
  watcher: ChildWatcher,
  resources: AsyncDisposableStack,
): Promise<Services> {
  const children: Child[] = [];
  const services = { children, stop: (graceMs: number) => stopServices(children, graceMs) };
  resources.defer(() => services.stop(STOP_MS));
  const first = [
    [MAINTENANCE, MAINTENANCE],
    [GATEWAY, GATEWAY],
    ['scheduler', 'scheduler'],
  ] as const;
  for (const [service, name] of [...first, ...several('stream', start.streams), ...several('worker', start.workers)]) {
    const program = new URL(`../../../${service}/src/main.ts`, import.meta.url).pathname;
    const logFile = path.join(start.logDir, `${name}.log`);
    const env = environment(start, name, children.length);
    children.push(await supervise({ name, program, env, logFile, restart: true }, watcher));
  }
  return services;
}

function several(service: string, count: number): readonly (readonly [service: string, name: string])[] {
  return Array.from({ length: count }, (_, index) => [service, `${service}-${index + 1}`] as const);
}

async function stopServices(children: readonly Child[], graceMs: number): Promise<void> {
  const [first, last] = [
    children.filter(({ name }) => name !== MAINTENANCE),
    children.filter(({ name }) => name === MAINTENANCE),
  ];
  await Promise.all(first.map((child) => child.stop(graceMs * WORKERS_SHARE)));
  await Promise.all(last.map((child) => child.stop(graceMs * (1 - WORKERS_SHARE))));
}

/** Waits until each process says that it is ready. Rejects with the end of the log of one that does not within 30 s. */
export async function servicesReady(
  services: Services,
  redis: Redis,
  signal: AbortSignal,
): Promise<readonly ProcessSeen[]> {
  const ready = await Promise.all(
    services.children.map(async (child) => {
      const seen = await pollUntil(() => readyProcess(child, redis), { everyMs: 100, limitMs: READY_MS, signal });
      if (seen !== undefined || signal.aborted) return seen;
      throw new RunError(
        `${child.name} is not ready after ${READY_MS / 1_000} s; the end of its log:\n${await lastLines(child.logFile)}`,
      );
    }),
  );
  return ready.filter((process) => process !== undefined);
}

async function readyProcess(child: Child, redis: Redis): Promise<ProcessSeen | undefined> {
  const process = (await listProcesses(redis)).find(
    ({ name, pid }) => name === child.name && pid === child.identity().pid,
  );
  if (process === undefined) return undefined;
  const answer = await fetch(`${process.url}/readyz`, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.status === 200 ? process : undefined;
}

const SECRETS = /^BACKSTOP_(\w+_API_(KEY|SECRET)|OPERATOR_TOKEN)$/;

/** API keys reach the services by file only, and the operator token reaches the gateway only. */
function environment(start: ServicesStart, name: string, nth: number): NodeJS.ProcessEnv {
  const inherited = Object.entries(start.env).filter(([key]) => !SECRETS.test(key));
  const { DATABASE_URL } = start.env;
  return {
    ...Object.fromEntries(inherited),
    REDIS_URL: start.redisUrl,
    BACKSTOP_EXCHANGE_URL: start.exchangeUrl,
    BACKSTOP_ACCOUNTS_FILE: start.accountsFile,
    ...(start.adoptionFile !== undefined && { BACKSTOP_ADOPTION_FILE: start.adoptionFile }),
    BACKSTOP_PROCESS_NAME: name,
    BACKSTOP_HEALTH_PORT: String(healthPort(start.env, nth)),
    BACKSTOP_LOG_LEVEL: start.env['BACKSTOP_LOG_LEVEL'] ?? 'info',
    ...(DATABASE_URL === undefined || DATABASE_URL === '' ? { BACKSTOP_ARCHIVE_DIR: start.archiveDir } : {}),
    ...(name === GATEWAY ? gatewayEnvironment(start) : {}),
  };
}

/** Any free port; or, where the first is given, ports in a row, so that a scraper's configuration can name them. */
function healthPort({ BACKSTOP_HEALTH_PORT: first = '0' }: NodeJS.ProcessEnv, nth: number): number {
  return Number(first) === 0 ? 0 : Number(first) + nth;
}

function gatewayEnvironment({ gateway: { host, port, operatorToken } }: ServicesStart): NodeJS.ProcessEnv {
  return {
    BACKSTOP_GATEWAY_HOST: host,
    BACKSTOP_GATEWAY_PORT: String(port),
    BACKSTOP_OPERATOR_TOKEN: operatorToken,
  };
}
