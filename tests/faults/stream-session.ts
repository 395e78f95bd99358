import { fromJson, initialState, toJson, type Exchange, type OrderRow, type PositionRow } from '@backstop/core';
import { aPlan } from '@backstop/core/testing';
import { openExchanges } from '@backstop/exchange';
import { openInProcess, setupFile, type InProcessSimulator } from '@backstop/simulator';
import { peekCheck, putPlans, readStreams, type MonitorRef, type Redis, type StreamPicture } from '@backstop/store';
import { wayTo } from './carrier.ts';
import { openHandTrader, type HandTrader } from './hand-trader.ts';
import { openProcessTimers } from './process-timers.ts';
import { seededRandom, type Random } from './random.ts';
import { openRedisServer } from './redis-server.ts';
import { openStorage, type Storage } from './storage.ts';
import { openStreamProcess, type StreamParts, type StreamProcess } from './stream-process.ts';
import { openVirtualTime, type VirtualTime } from './virtual-time.ts';

const START_MS = Date.UTC(2100, 0, 4, 9);
const LATENCY_MS = 20;
const ACCOUNT = { name: 'main', apiKey: 'key-main', secret: 'secret-main' };
const SYMBOL = 'COINAUSDT';

/** What is known of a place: position and working orders, by their ids. */
interface Known {
  readonly position: PositionRow | undefined;
  readonly orders: readonly OrderRow[];
}

/** An account on which somebody trades by hand, under one monitor, with stream processes and nothing else, in virtual time. */
export interface StreamSession extends AsyncDisposable {
  /** What somebody did by hand so far, in its order. */
  readonly traded: readonly string[];
  /** Nobody trades any more, prices stand still and no fault is left. */
  readonly calmDown: () => Promise<void>;
  /** One more stream process, under the name that it holds leases by. */
  readonly start: (owner: string) => StreamProcess;
  readonly run: (ms: number) => Promise<void>;
  readonly strike: (fault: object) => Promise<void>;
  /** Those that are open, as the exchange sees it. */
  readonly sockets: () => number;
  /** What the cache holds, and whether a live stream vouches for all of it; `undefined` where a row does not count. */
  readonly cached: () => Promise<(Known & { readonly isVouched: boolean }) | undefined>;
  /** What the exchange lists. */
  readonly listed: () => Promise<Known>;
  readonly stream: () => Promise<StreamPicture | undefined>;
  /** Everything that stream processes asked the exchange, were sent by it and noticed, each with the ms since the beginning. */
  readonly trace: readonly string[];
}

/** Opens one; clock, timers and chance of this process are the session's until it is disposed of. */
export async function openStreamSession(seed: number): Promise<StreamSession> {
  await using opened = new AsyncDisposableStack();
  const stage = await setTheStage(seed, opened);
  const { venue, trader, trace, run } = stage;
  const kept = opened.move();
  return {
    traded: trader.done,
    trace,
    run,
    start: stage.start,
    strike: async (fault) => void (await venue.control('POST faults', { faults: [fault] })),
    calmDown: async () => {
      trader.stop();
      await venue.control('DELETE walk');
      await venue.control('DELETE faults');
    },
    sockets: () => venue.simulator.streams.registry.connections.size,
    ...looksAt(stage),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

interface Stage extends Pick<StreamSession, 'trace' | 'run' | 'start'> {
  readonly venue: InProcessSimulator;
  readonly trader: HandTrader;
  /** A connection that no process has. */
  readonly admin: Redis;
  readonly ref: MonitorRef;
}

async function setTheStage(seed: number, opened: AsyncDisposableStack): Promise<Stage> {
  const random = seededRandom(seed);
  const time = openTime(random, opened);
  const timers = opened.use(openProcessTimers());
  const trace: string[] = [];
  const venue = openInProcess({ seed, latencyMs: LATENCY_MS, limits: 'real', setup: setupOf() });
  opened.defer(() => venue.close());
  const storage = await openStorage(time.nowMs, {});
  const admin = storage.connect();
  const ref = await planOn(admin);
  const processes: StreamProcess[] = [];
  opened.defer(() => {
    for (const process of processes) process.kill();
  });
  const trader = openHandTrader(venue, { account: ACCOUNT.name, symbol: SYMBOL }, random.of('trader'));
  await venue.control('POST walk', { seed, volatilityPctPerMinute: 2 });
  const redis = openRedisServer(random.of('redis'));
  const parts = { ...partsOf(venue, storage, (line) => trace.push(`${Date.now() - START_MS} ${line}`)), redis, timers };
  const start = (owner: string): StreamProcess => {
    const process = openStreamProcess(owner, parts);
    processes.push(process);
    return process;
  };
  return { venue, trader, trace, admin, ref, start, run: (ms) => time.run(ms, () => false, storage.isBusy) };
}

function openTime(random: Random, opened: AsyncDisposableStack): VirtualTime {
  const chance = Math.random;
  opened.defer(() => {
    Math.random = chance;
  });
  const time = opened.use(openVirtualTime(START_MS));
  Math.random = random.of('product').fraction;
  return time;
}

function looksAt({ venue, admin, ref, run }: Stage): Pick<StreamSession, 'cached' | 'listed' | 'stream'> {
  const exchange = listingExchange(venue);
  return {
    cached: async () => {
      const { position, orders } = await peekCheck(admin, ref);
      if (position.kind !== 'row' || orders.kind !== 'row') return undefined;
      return { ...known(position.value, orders.value), isVouched: position.vouched && orders.vouched };
    },
    listed: async () => {
      const asked = Promise.all([exchange.positions({}, untimed()), exchange.openOrders({}, untimed())]);
      await run(1_000);
      const [positions, orders] = await asked;
      return known(positions[0], orders);
    },
    stream: async () => (await readStreams(admin, [ACCOUNT.name]))[0],
  };
}

function setupOf(): ReturnType<typeof setupFile.parse> {
  const instruments = [{ symbol: SYMBOL, tickSize: '0.01', qtyStep: '0.1', price: '100' }];
  return setupFile.parse({ accounts: [ACCOUNT], instruments });
}

/** One plan, that nobody follows: no other process runs. */
async function planOn(admin: Redis): Promise<MonitorRef> {
  const plan = aPlan({ account: ACCOUNT.name, symbol: SYMBOL, createdAtMs: Date.now() });
  const states = { 'tp-sl': toJson(initialState('tp-sl')), 'limit-order': toJson(initialState('limit-order')) };
  const { accepted } = await putPlans(admin, [{ plan, states }]);
  const [ref] = accepted;
  if (ref === undefined) throw new Error('the plan was not accepted');
  return ref;
}

/** As a process would read it, but without a budget. */
function listingExchange(venue: InProcessSimulator): Exchange {
  const exchanges = openExchanges({
    accounts: [ACCOUNT],
    baseUrl: 'http://venue',
    maxSockets: 2,
    ...wayTo(false, (request) => venue.request(request)),
    hooksOf: () => ({ admit: () => Promise.resolve(), report: ignore }),
  });
  return exchanges.of(ACCOUNT.name);
}

function partsOf(
  venue: InProcessSimulator,
  { connect, queues }: Storage,
  tell: (line: string) => unknown,
): Omit<StreamParts, 'redis' | 'timers'> {
  return {
    accounts: [ACCOUNT],
    venue,
    connect,
    queues,
    throughSdk: false,
    onCommand: ignore,
    send: async (_check, request) => {
      const { method, endpoint, query } = request;
      tell(`${method} ${endpoint} ${query}`);
      return venue.request(request);
    },
    observer: {
      request: ignore,
      budgetWait: ignore,
      synced: (_account, isSynced) => tell(isSynced ? 'synced' : 'not synced'),
      gone: ignore,
      connected: (outcome) => tell(`connected: ${outcome}`),
      frames: (frames) => {
        for (const { topic, createdMs, rows } of frames) tell(`${topic} of ${createdMs}: ${toJson(rows)}`);
      },
      drifted: (kind) => tell(`drifted: ${kind}`),
      patched: (tookMs) => tell(`patched in ${tookMs}`),
    },
  };
}

/** Flat and no position are the same, orders have no order, and a field without a value is none. */
function known(position: PositionRow | undefined, orders: readonly OrderRow[]): Known {
  return {
    position: position === undefined || position.size === 0n ? undefined : stated(position),
    orders: orders.map(stated).toSorted((a, b) => (a.orderId < b.orderId ? -1 : 1)),
  };
}

function stated<T>(row: T): T {
  return fromJson<T>(toJson(row));
}

function untimed(): { readonly signal: AbortSignal } {
  return { signal: new AbortController().signal };
}

function ignore(): void {}
