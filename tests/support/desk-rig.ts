import { randomUUID } from 'node:crypto';
import { decide, initialState, LANES, toJson, type Action, type Lane, type Plan } from '@backstop/core';
import { budgetedHooks, openDesk, openReceipts, type Check, type Desk, type Facts, type Reading } from '@backstop/desk';
import { openExchanges, type Exchanges } from '@backstop/exchange';
import { refreshPrices } from '@backstop/maintenance/tasks/refresh-prices';
import { refreshInstruments } from '@backstop/maintenance/tasks/refresh-instruments';
import { every, openLog, type Log } from '@backstop/runtime';
import { scheduleChecks } from '@backstop/scheduler/schedule-checks';
import {
  checkWorker,
  connectRedis,
  flushCache,
  installation,
  openQueues,
  putPlans,
  setDueNow,
  type CheckWorker,
  type MonitorRef,
  type Queues,
  type Redis,
} from '@backstop/store';
import { startRedis, type TestRedis } from '@backstop/store/testing';
import { processCheck, type CheckOutcome } from '@backstop/worker/process-check';
import { startVenue, type Venue, type VenueOptions } from './venue.ts';

/** What a worker process has: a Redis connection, exchanges and a desk of its own. */
export interface Seat {
  readonly redis: Redis;
  readonly installation: string;
  readonly desk: Desk;
  readonly exchangeOf: Exchanges['of'];
  /** How often each scope was read from the exchange through this desk. */
  readonly flights: Readonly<Record<string, number>>;
  readonly staleDecisions: () => number;
  /** A claim on a lane under a token that nobody else has. */
  readonly claim: (ref: MonitorRef, lane?: Lane) => Check;
  readonly read: (ref: MonitorRef, lane?: Lane) => Promise<Reading>;
  /** Reads facts, and rejects where they cannot be had. */
  readonly facts: (check: Check) => Promise<Facts>;
  /** What these facts make a lane send. */
  readonly wanted: (check: Check, facts: Facts) => readonly Action[];
  /** One whole check, as a worker makes it. */
  readonly check: (ref: MonitorRef, lane?: Lane) => Promise<CheckOutcome>;
}

/** Redis, exchange, queues, and as many seats as a test wants; everything is real and closes with it. */
export interface DeskRig extends AsyncDisposable {
  readonly venue: Venue;
  readonly redis: Redis;
  readonly redisUrl: string;
  readonly queues: Queues;
  readonly log: Log;
  /** Every log line so far, newest last. */
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  readonly seat: () => Promise<Seat>;
  readonly put: (...plans: readonly Plan[]) => Promise<readonly MonitorRef[]>;
  /** One plan, which must be accepted. */
  readonly accept: (plan: Plan) => Promise<MonitorRef>;
  /** What maintenance does each 5 s: all prices into the cache, and monitors that they have overtaken due at once. */
  readonly seePrices: () => Promise<void>;
  /** Drops the cache and makes a monitor due, as if its rows had just become too old. */
  readonly forget: (ref: MonitorRef) => Promise<void>;
  /** Empties Redis and, unless it is kept, the exchange; then trading rules and prices are read anew. Seats end with it. */
  readonly reset: (options?: { readonly keepVenue: boolean }) => Promise<void>;
  /** Lets scheduler, prices and these seats as workers do their work until it is disposed. */
  readonly work: (seats: readonly Seat[]) => AsyncDisposable;
}

const WORK = { SCHEDULER_ROUND_MS: 15_000, SCHEDULER_TICK_MS: 20, FLEET_CONCURRENCY: 20 };
const PRICES_MS = 200;

export async function startDeskRig(options: VenueOptions = {}): Promise<DeskRig> {
  const resources = new AsyncDisposableStack();
  const server = resources.use(await startRedis());
  const venue = resources.use(await startVenue(options));
  const queues = openQueues(server.url);
  resources.defer(() => queues.close());
  const lines: Readonly<Record<string, unknown>>[] = [];
  const log = openLog({
    service: 'test',
    to: { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  });
  const parts = { server, venue, queues, log, resources };
  const main = await openSeat(parts);

  const accounts = venue.accounts.map(({ name }) => name);
  const put = async (...plans: readonly Plan[]): Promise<readonly MonitorRef[]> => {
    const { accepted } = await putPlans(server.redis, plans.map(withStates));
    return plans.flatMap(({ id }) => accepted.filter(({ monitorId }) => monitorId === id));
  };
  const seePrices = (): Promise<void> => refreshPrices(market, AbortSignal.timeout(5_000));
  const market = { redis: server.redis, accounts, exchangeOf: main.exchangeOf, log, count: () => undefined };
  return {
    venue,
    redis: server.redis,
    redisUrl: server.url,
    queues,
    log,
    lines,
    seat: () => openSeat(parts),
    put,
    accept: async (plan) => {
      const [ref] = await put(plan);
      if (ref === undefined) throw new Error('the slot is taken');
      return ref;
    },
    seePrices,
    forget: async (ref) => {
      await flushCache(server.redis);
      await Promise.all(LANES.map((lane) => setDueNow(server.redis, ref, lane)));
    },
    reset: async ({ keepVenue } = { keepVenue: false }) => {
      await Promise.all([keepVenue || venue.reset(), server.redis.flushdb()]);
      lines.length = 0;
      await refreshInstruments(market, AbortSignal.timeout(5_000));
      await seePrices();
    },
    work: (seats) => {
      const stop = new AbortController();
      const deps = { redis: server.redis, queues, log, count: () => undefined };
      const loops = [
        scheduleChecks(deps, WORK, stop.signal),
        every(
          PRICES_MS,
          stop.signal,
          () => refreshPrices(market, stop.signal),
          () => undefined,
        ),
      ];
      const workers = seats.flatMap((seat) => workersOf(seat, parts));
      return {
        [Symbol.asyncDispose]: async () => {
          stop.abort();
          await Promise.all([...loops, ...workers.map((worker) => worker.close())]);
        },
      };
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

interface Parts {
  readonly server: TestRedis;
  readonly venue: Venue;
  readonly queues: Queues;
  readonly log: Log;
  readonly resources: AsyncDisposableStack;
}

async function openSeat({ server, venue, queues, log, resources }: Parts): Promise<Seat> {
  const redis = connectRedis(server.url, 'seat');
  resources.defer(() => redis.disconnect());
  await redis.connect();
  const ignore = (): void => undefined;
  const exchanges = resources.use(
    openExchanges({
      accounts: venue.accounts,
      baseUrl: venue.url,
      maxSockets: 8,
      hooksOf: (account) => budgetedHooks(redis, account, { request: ignore, budgetWait: ignore }),
    }),
  );
  const flights: Record<string, number> = {};
  let staleDecisions = 0;
  const own = await installation(redis);
  const desk = openDesk({
    redis,
    installation: own,
    exchangeOf: exchanges.of,
    wake: (ref, lane) => queues.wake(ref, lane, 'event', 'waiter'),
    receipts: openReceipts(),
    observer: {
      flight: (_account, scope) => (flights[scope] = (flights[scope] ?? 0) + 1),
      cacheRead: ignore,
      inputAge: ignore,
      staleDecision: () => (staleDecisions += 1),
    },
    log,
  });
  const claim = (ref: MonitorRef, lane: Lane = 'tp-sl'): Check => ({
    ref,
    lane,
    token: randomUUID(),
    signal: AbortSignal.timeout(10_000),
  });
  return {
    redis,
    installation: own,
    desk,
    exchangeOf: exchanges.of,
    flights,
    staleDecisions: () => staleDecisions,
    claim,
    read: (ref, lane) => desk.read(claim(ref, lane)),
    facts: async (check) => {
      const reading = await desk.read(check);
      if (reading.kind !== 'facts') throw new Error(`no facts: ${JSON.stringify(reading)}`);
      return reading;
    },
    wanted: ({ lane }, { plan, snapshot, states, nowMs }) => {
      const lanes = { state: states[lane], tpSl: states['tp-sl'], limitOrder: states['limit-order'] };
      return decide(lane, snapshot, { plan, ...lanes, installation: own, nowMs }).actions;
    },
    check: (ref, lane) => processCheck(claim(ref, lane), { redis, desk, installation: own, log, decided: ignore }),
  };
}

function workersOf({ redis, desk, installation: own }: Seat, { server, log }: Parts): readonly CheckWorker[] {
  const deps = { redis, desk, installation: own, log, decided: () => undefined };
  return LANES.map((lane) =>
    checkWorker(
      server.url,
      lane,
      async ({ data }, token, signal) => {
        const { account, symbol, positionIdx, monitorId } = data;
        await processCheck({ ref: { account, symbol, positionIdx, monitorId }, lane, token, signal }, deps);
      },
      { concurrency: 10, onError: (error) => log.error({ err: error }, 'check failed') },
    ),
  );
}

function withStates(plan: Plan): Parameters<typeof putPlans>[1][number] {
  return {
    plan,
    states: { 'tp-sl': toJson(initialState('tp-sl')), 'limit-order': toJson(initialState('limit-order')) },
  };
}
