import { BYBIT_VENUES } from '@backstop/exchange';
import type { ReadBalances } from '@backstop/intake';
import { every, identify, startRedisServer } from '@backstop/runtime';
import type { Notes, ProcessIdentity, RedisServer } from '@backstop/runtime';
import { connectRedis } from '@backstop/store';
import type { Redis } from '@backstop/store';
import type { VerbContext } from '../context.ts';
import { removeRun, writeRun } from '../run-file.ts';
import { balanceReader } from './balance-reader.ts';
import { borrowRedis } from './borrow-redis.ts';
import { operatorToken } from './operator-token.ts';
import type { OperatorToken } from './operator-token.ts';
import type { Preparation } from './prepare.ts';
import { RunError } from './run-error.ts';
import type { SimulatorClient } from './simulator-client.ts';
import { startServices } from './start-services.ts';
import type { Services } from './start-services.ts';
import { startSimulator } from './start-simulator.ts';
import { openStateFolder } from './state-folder.ts';
import type { StateFolder } from './state-folder.ts';
import type { ChildWatcher } from './supervise.ts';

/** Everything that a run has started. */
export interface OpenRun {
  readonly redisUrl: string;
  readonly redis: Redis;
  /** undefined = a live venue. */
  readonly simulator: SimulatorClient | undefined;
  readonly services: Services;
  /** Reads balances within the call budget of the services; undefined = as before they were started. */
  readonly readBalances?: ReadBalances;
  readonly operator: OperatorToken;
  /** Aborts when the run cannot go on, with the reason. */
  readonly failed: AbortSignal;
}

export interface RunPlace extends VerbContext {
  readonly runFile: string;
}

const SIMULATOR_STOP_MS = 1_000;
const REDIS_LOOK_MS = 250;

/** Starts Redis, the exchange and the services; `resources` stops them in reverse, Redis last. */
export async function openRun(
  preparation: Preparation,
  place: RunPlace,
  resources: AsyncDisposableStack,
): Promise<OpenRun> {
  const { options, credentials } = preparation;
  const { env, print } = place;
  const folder = resources.use(await openStateFolder(options.state, options.venue, credentials));
  const record = recordRun({ venue: options.venue, folder, runFile: place.runFile });
  resources.defer(() => removeRun(place.runFile));
  record({});

  const server = resources.use(await startRedisServer({ dir: folder.redisDir, log: toPerson(print), env }));
  print(`redis        ${server.description}`);
  keepAlive(server, print, resources);
  record({ redisUrl: server.url });
  const redis = connectRedis(server.url, 'backstop-up');
  resources.defer(() => redis.disconnect());
  redis.on('error', () => undefined); // it reconnects by itself, and the commands say it too
  await redis.connect();
  if (options.venue === 'simulator' && !server.isOurs) resources.defer(await borrowRedis(redis));

  const failure = new AbortController();
  const watcher = watch(place, record, failure);
  const exchange = await openExchange({ preparation, place, logDir: folder.logDir, watcher }, resources);
  print(`exchange     ${exchange.url} (${options.venue})`);
  const { archiveDir, logDir, accountsFile } = folder;
  const operator = resources.use(await operatorToken(folder.dir, env));
  const gateway = { ...preparation.gateway, operatorToken: operator.token };
  const { workers, streams } = options;
  const start = {
    accountsFile,
    adoptionFile: preparation.adoptionFile,
    archiveDir,
    logDir,
    redisUrl: server.url,
    exchangeUrl: exchange.url,
    workers,
    streams,
    gateway,
    env,
  };
  const services = await startServices(start, watcher, resources);
  print(`logs         ${logDir}`);
  const readBalances = balanceReader({ accounts: credentials, exchangeUrl: exchange.url, redis });
  const { simulator } = exchange;
  return { redisUrl: server.url, redis, simulator, services, readBalances, operator, failed: failure.signal };
}

interface ExchangeOpening {
  readonly preparation: Preparation;
  readonly place: RunPlace;
  readonly logDir: string;
  readonly watcher: ChildWatcher;
}

/** The address of a live venue; or a simulated exchange that is started, with the accounts and instruments of the workload. */
async function openExchange(
  { preparation, place, logDir, watcher }: ExchangeOpening,
  resources: AsyncDisposableStack,
): Promise<{ url: string; simulator: SimulatorClient | undefined }> {
  const { options, workload, credentials } = preparation;
  if (options.venue !== 'simulator') return { url: BYBIT_VENUES[options.venue], simulator: undefined };

  const { latencyMs, seed } = options;
  const { env, signal } = place;
  const { child, client } = await startSimulator({ latencyMs, seed, logDir, env, signal }, watcher);
  resources.defer(() => child.stop(SIMULATOR_STOP_MS));
  await client.list(workload, credentials);
  return { url: client.url, simulator: client };
}

/** What a part of the start has to say, in a line for the person who waits for it. */
function toPerson(print: RunPlace['print']): Notes {
  const say = (fields: object, message: string): void => print([message, ...Object.values(fields)].join(' · '));
  return { info: say, warn: say, error: say };
}

/** A Redis that dies is started again on its own file; the services reconnect by themselves. */
function keepAlive(server: RedisServer, print: RunPlace['print'], resources: AsyncDisposableStack): void {
  const stop = new AbortController();
  const revive = async (): Promise<void> => {
    if (await server.revive()) print('redis died and runs again');
  };
  const looking = every(REDIS_LOOK_MS, stop.signal, revive, () => print('redis died and cannot be started again yet'));
  resources.defer(async () => {
    stop.abort();
    await looking;
  });
}

interface RunRecord {
  readonly venue: string;
  readonly folder: StateFolder;
  readonly runFile: string;
}

type RunNews = { readonly redisUrl?: string; readonly child?: ProcessIdentity };

/** Writes down what runs, so that the other verbs find it, and the next `up` can end it should this one die. */
function recordRun({ venue, folder, runFile }: RunRecord): (news: RunNews) => void {
  const owner = identify(process.pid);
  const parent = identify(process.ppid);
  const { dir: stateDir, ephemeral } = folder;
  const children: ProcessIdentity[] = [];
  let url = '';
  return ({ redisUrl = url, child }) => {
    url = redisUrl;
    if (child !== undefined) children.push(child);
    if (owner === undefined) return;
    const origin = parent === undefined ? { owner } : { owner, parent };
    writeRun(runFile, { ...origin, venue, redisUrl, stateDir, ephemeral, children });
  };
}

function watch({ print }: RunPlace, record: (news: RunNews) => void, failure: AbortController): ChildWatcher {
  const known = new Set<string>();
  return {
    started: (name, identity) => {
      if (known.has(name)) print(`${name} runs again as process ${identity.pid}`);
      known.add(name);
      record({ child: identity });
    },
    died: (name, how) => {
      print(`${name} died (${how})`);
      if (name === 'simulator')
        failure.abort(new RunError('the simulated exchange died, and with it everything that was on it'));
    },
  };
}
