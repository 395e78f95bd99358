import { initialState, LANES, toJson, type Plan } from '@backstop/core';
import { refreshInstruments } from '@backstop/maintenance/tasks/refresh-instruments';
import { refreshPrices } from '@backstop/maintenance/tasks/refresh-prices';
import { every, openLog, type Log } from '@backstop/runtime';
import { scheduleChecks } from '@backstop/scheduler/schedule-checks';
import {
  flushCache,
  openQueues,
  putPlans,
  setDueNow,
  type MonitorRef,
  type NewPlan,
  type Queues,
  type Redis,
} from '@backstop/store';
import { startRedis } from '@backstop/store/testing';
import { openSeat, type Seat, type SeatParts } from './seat.ts';
import { startVenue, type Venue, type VenueOptions } from './venue.ts';

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
  /** Lets these seats as workers, prices and (unless the test has its own) a scheduler do their work, until `rest`. */
  readonly work: (seats: readonly Seat[], options?: { readonly schedules: boolean }) => void;
  /** Ends all work, when what is under way is done. */
  readonly rest: () => Promise<void>;
  /** Empties Redis and, unless it is kept, the exchange; then trading rules and prices are read anew. Seats end with it. */
  readonly reset: (options?: { readonly keepVenue: boolean }) => Promise<void>;
}

const WORK = { SCHEDULER_ROUND_MS: 15_000, SCHEDULER_TICK_MS: 20, FLEET_CONCURRENCY: 20 };
const PRICES_MS = 200;

export async function startDeskRig(options: VenueOptions = {}): Promise<DeskRig> {
  const resources = new AsyncDisposableStack();
  const { redis, url: redisUrl } = resources.use(await startRedis());
  const venue = resources.use(await startVenue(options));
  const queues = openQueues(redisUrl);
  resources.defer(() => queues.close());
  const lines: Record<string, unknown>[] = [];
  const log = openLog({ service: 'test', to: { write: (line) => void lines.push(JSON.parse(line)) } });
  const parts = { redis, redisUrl, venue, queues, log };
  const { exchangeOf } = await openSeat(parts, resources);
  const market = { redis, accounts: venue.accounts.map(({ name }) => name), exchangeOf, log, count: ignore };
  const seePrices = (): Promise<void> => refreshPrices(market, AbortSignal.timeout(5_000));
  const { work, rest } = workOf(parts, seePrices);
  resources.defer(rest);
  return {
    ...parts,
    lines,
    seat: () => openSeat(parts, resources),
    put: (...plans) => put(redis, plans),
    accept: async (plan) => {
      const [ref] = await put(redis, [plan]);
      if (ref === undefined) throw new Error('the slot is taken');
      return ref;
    },
    seePrices,
    forget: async (ref) => {
      await flushCache(redis);
      await Promise.all(LANES.map((lane) => setDueNow(redis, ref, lane)));
    },
    work,
    rest,
    reset: async ({ keepVenue } = { keepVenue: false }) => {
      await Promise.all([keepVenue || venue.reset(), redis.flushdb()]);
      lines.length = 0;
      await refreshInstruments(market, AbortSignal.timeout(5_000));
      await seePrices();
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

function workOf(
  { redis, queues, log }: SeatParts & { readonly redis: Redis },
  seePrices: () => Promise<void>,
): Pick<DeskRig, 'work' | 'rest'> {
  const ends: (() => Promise<void>)[] = [];
  return {
    work: (seats, { schedules } = { schedules: true }) => {
      const stop = new AbortController();
      const loops = [
        ...(schedules ? [scheduleChecks({ redis, queues, log, count: ignore }, WORK, stop.signal)] : []),
        every(PRICES_MS, stop.signal, seePrices, ignore),
      ];
      const workers = seats.flatMap(({ takeJobs }) => takeJobs());
      ends.push(async () => {
        stop.abort();
        await Promise.all([...loops, ...workers.map((worker) => worker.close())]);
      });
    },
    rest: async () => {
      await Promise.all(ends.splice(0).map((end) => end()));
    },
  };
}

async function put(redis: Redis, plans: readonly Plan[]): Promise<readonly MonitorRef[]> {
  const { accepted } = await putPlans(redis, plans.map(withStates));
  return plans.flatMap(({ id }) => accepted.filter(({ monitorId }) => monitorId === id));
}

/** A plan as it is put: with the first state of each lane. */
export function withStates(plan: Plan): NewPlan {
  const states = { 'tp-sl': toJson(initialState('tp-sl')), 'limit-order': toJson(initialState('limit-order')) };
  return { plan, states };
}

function ignore(): void {}
