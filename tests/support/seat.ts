import { randomUUID } from 'node:crypto';
import { decide, LANES, type Action, type Lane, type RequestHooks, type RequestReport } from '@backstop/core';
import { budgetedHooks, openDesk, openReceipts, type Check, type Desk, type Facts, type Reading } from '@backstop/desk';
import { openExchanges, type Exchanges } from '@backstop/exchange';
import type { Log } from '@backstop/runtime';
import {
  checkWorker,
  connectRedis,
  installation,
  type CheckWorker,
  type MonitorRef,
  type Queues,
  type Redis,
} from '@backstop/store';
import { processCheck, type CheckOutcome } from '@backstop/worker/process-check';
import type { Venue } from './venue.ts';

/** What a worker process has: a Redis connection, exchanges and a desk of its own. */
export interface Seat {
  readonly redis: Redis;
  readonly installation: string;
  readonly desk: Desk;
  readonly exchangeOf: Exchanges['of'];
  /** How often each scope was read from the exchange through this desk. */
  readonly flights: Readonly<Record<string, number>>;
  readonly staleDecisions: () => number;
  /** The longest that a request of this seat has taken, ms. */
  readonly slowestMs: () => number;
  /** A claim on a lane under a token that nobody else has. */
  readonly claim: (ref: MonitorRef, lane?: Lane) => Check;
  readonly read: (ref: MonitorRef, lane?: Lane) => Promise<Reading>;
  /** Reads facts, and rejects where they cannot be had. */
  readonly facts: (check: Check) => Promise<Facts>;
  /** What these facts make a lane send. */
  readonly wanted: (check: Check, facts: Facts) => readonly Action[];
  /** One whole check, as a worker makes it. */
  readonly check: (ref: MonitorRef, lane?: Lane) => Promise<CheckOutcome>;
  /** Takes jobs of both lanes from the queues, until each is closed. */
  readonly takeJobs: () => readonly CheckWorker[];
}

export interface SeatParts {
  readonly redisUrl: string;
  readonly venue: Pick<Venue, 'url' | 'accounts'>;
  readonly queues: Queues;
  readonly log: Log;
  /** What a test puts around the hooks of every request. */
  readonly around?: (hooks: RequestHooks) => RequestHooks;
}

/** Opens a seat; everything closes with `resources`. */
export async function openSeat(parts: SeatParts, resources: AsyncDisposableStack): Promise<Seat> {
  const redis = connectRedis(parts.redisUrl, 'seat');
  resources.defer(() => redis.disconnect());
  await redis.connect();
  const own = await installation(redis);
  const { exchangeOf, desk, ...counts } = openParts(redis, own, parts, resources);
  const deps = { redis, desk, installation: own, log: parts.log, decided: ignore };
  const facts = async (check: Check): Promise<Facts> => {
    const reading = await desk.read(check);
    if (reading.kind !== 'facts') throw new Error(`no facts: ${JSON.stringify(reading)}`);
    return reading;
  };
  return {
    redis,
    installation: own,
    desk,
    exchangeOf,
    ...counts,
    claim,
    read: (ref, lane) => desk.read(claim(ref, lane)),
    facts,
    wanted: ({ lane }, { plan, snapshot, states, nowMs }) => {
      const lanes = { state: states[lane], tpSl: states['tp-sl'], limitOrder: states['limit-order'] };
      return decide(lane, snapshot, { plan, ...lanes, installation: own, nowMs }).actions;
    },
    check: (ref, lane) => processCheck(claim(ref, lane), deps),
    takeJobs: () => LANES.map((lane) => worker(lane, deps, parts)),
  };
}

function openParts(
  redis: Redis,
  own: string,
  { venue, queues, log, around = (hooks) => hooks }: SeatParts,
  resources: AsyncDisposableStack,
): Pick<Seat, 'exchangeOf' | 'desk' | 'flights' | 'staleDecisions' | 'slowestMs'> {
  let slowestMs = 0;
  const request = ({ durationMs }: RequestReport): void => {
    slowestMs = Math.max(slowestMs, durationMs);
  };
  const exchanges = resources.use(
    openExchanges({
      accounts: venue.accounts,
      baseUrl: venue.url,
      maxSockets: 8,
      hooksOf: (account) => around(budgetedHooks(redis, account, { request, budgetWait: ignore })),
    }),
  );
  const flights: Record<string, number> = {};
  let staleDecisions = 0;
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
  return { exchangeOf: exchanges.of, desk, flights, staleDecisions: () => staleDecisions, slowestMs: () => slowestMs };
}

function worker(lane: Lane, deps: Parameters<typeof processCheck>[1], { redisUrl, log }: SeatParts): CheckWorker {
  return checkWorker(
    redisUrl,
    lane,
    async ({ data }, token, signal) => {
      const { account, symbol, positionIdx, monitorId } = data;
      await processCheck({ ref: { account, symbol, positionIdx, monitorId }, lane, token, signal }, deps);
    },
    { concurrency: 10, onError: (error) => log.error({ err: error }, 'check failed') },
  );
}

function claim(ref: MonitorRef, lane: Lane = 'tp-sl'): Check {
  return { ref, lane, token: randomUUID(), signal: AbortSignal.timeout(10_000) };
}

function ignore(): void {}
