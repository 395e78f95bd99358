import { AsyncLocalStorage } from 'node:async_hooks';
import { LANES, type Adoption, type Exchange } from '@backstop/core';
import { budgetedHooks, openDesk, openReceipts, type Check, type Desk, type DeskObserver } from '@backstop/desk';
import { openExchanges } from '@backstop/exchange';
import { touchChecked, type Redis } from '@backstop/store';
import type { TwinQueues, TwinWorker } from '@backstop/store/testing';
import { openTouches } from '@backstop/worker/open-touches';
import { processCheck } from '@backstop/worker/process-check';
import { wayTo, type Send } from './carrier.ts';
import type { Credentials } from './credentials-of.ts';
import { openFleetProcess, type FleetProcess } from './fleet-process.ts';
import type { RedisServer } from './redis-server.ts';
import { watchScripts, type ScriptCall, type ScriptWatch } from './store-scripts.ts';

/** The letters of a day's installation. */
export const INSTALLATION = 'day';
const BASE_URL = 'http://venue';
const CONCURRENCY = 5;
const SOCKETS = 8;

/** What a day hears of its workers. */
export interface Counts {
  decisions: number;
  stale: number;
  rateLimited: number;
  /** How often the stream of an account came in sync, and audits found a difference that no frame explained. */
  syncs: number;
  drifts: number;
}

export interface FleetParts {
  readonly accounts: readonly Credentials[];
  readonly redis: RedisServer;
  readonly connect: (gate: FleetProcess['gate']) => Redis;
  /** A connection that no fault touches. */
  readonly admin: Redis;
  readonly queues: TwinQueues;
  /** Where requests go, with the check on whose behalf. */
  readonly send: (check: Check | undefined, request: Parameters<Send>[0]) => ReturnType<Send>;
  /** Hears of a worker's request in the moment in which it leaves. */
  readonly onDeparture: (worker: FleetProcess, endpoint: string, ref: Check['ref'] | undefined) => void;
  /** Hears of a worker's script before it is sent, and holds it up for as long as what it returns takes. */
  readonly onScript: (worker: FleetProcess, call: ScriptCall) => Promise<void> | undefined;
  /** Hears of a worker's script when it has replied. */
  readonly onScriptReply: ScriptWatch['after'];
  readonly counts: Counts;
  /** Requests go through the SDK's HTTP library too. */
  readonly throughSdk: boolean;
  /** The exchange revises its rules on this day. */
  readonly changesRules: boolean;
  /** What becomes of positions without a plan; undefined = nobody looks for them. */
  readonly adoption: Adoption | undefined;
  /** Redis will be lost on this day. */
  readonly losesRedis: boolean;
  /** Somebody asked something of Redis that may have made a monitor due. */
  readonly onCommand: () => void;
  /** Stands between the desk and the exchange, for control runs. */
  readonly exchangeOf: (exchange: Exchange) => Exchange;
  /** Stands between the worker and its desk: for who watches, and for control runs. */
  readonly bend: (desk: Desk) => Desk;
}

/** The check on whose behalf something is done. */
const underWay = new AsyncLocalStorage<Check>();

/** A worker with everything that a real one has but its sockets: desk, exchange client, both lanes. */
export function openWorkerProcess(parts: FleetParts): FleetProcess {
  const process = openFleetProcess(parts.redis, parts.onCommand);
  const redis = watchScripts(parts.connect(process.gate), {
    before: (call) => parts.onScript(worker, call),
    after: parts.onScriptReply,
  });
  const sender = parts.queues.queues(process.gate);
  const observer = observe(parts.counts);
  const exchanges = openExchanges({
    accounts: parts.accounts,
    baseUrl: BASE_URL,
    maxSockets: SOCKETS,
    ...wayTo(parts.throughSdk, (request) =>
      process.reach(() => {
        const check = underWay.getStore();
        parts.onDeparture(worker, request.endpoint, check?.ref);
        return parts.send(check, request);
      }),
    ),
    hooksOf: (account) => budgetedHooks(redis, account, observer),
  });
  const desk = parts.bend(
    openDesk({
      redis,
      installation: INSTALLATION,
      exchangeOf: (account) => parts.exchangeOf(exchanges.of(account)),
      wake: (ref, lane) => sender.wake(ref, lane, 'event', 'waiter'),
      receipts: openReceipts(),
      observer,
      log: { warn: () => undefined },
    }),
  );
  const lanes = openLanes({ process, redis, desk }, parts);
  const worker = withLanes(process, lanes);
  return worker;
}

/** What happens to the process happens to its lanes. */
function withLanes(process: FleetProcess, lanes: readonly TwinWorker[]): FleetProcess {
  const each = (act: (lane: TwinWorker) => void): void => {
    for (const lane of lanes) act(lane);
  };
  return {
    ...process,
    kill: () => {
      process.kill();
      each((lane) => lane.kill());
    },
    stop: () => {
      process.stop();
      each((lane) => lane.stop());
    },
    resume: () => {
      each((lane) => lane.resume());
      process.resume();
    },
  };
}

interface Inside {
  readonly process: FleetProcess;
  readonly redis: Redis;
  readonly desk: Desk;
}

/**
 * Takes the jobs of both lanes, as `runCheck` does; each request knows on whose behalf it is. Checks that changed nothing are recorded
 * a little later and together, as `openWorker` does: killed before that, the process never records them.
 */
function openLanes({ process, redis, desk }: Inside, { counts, queues }: FleetParts): readonly TwinWorker[] {
  const decided = (): void => void (counts.decisions += 1);
  const touches = openTouches(({ ref, lane }, touched) => touchChecked(redis, ref, lane, touched), ignore);
  const deps = { redis, desk, installation: INSTALLATION, log: { info: ignore }, decided, touch: touches.touch };
  return LANES.map((lane) =>
    queues.worker(
      lane,
      async ({ data: { account, symbol, positionIdx, monitorId } }, token, signal) => {
        const check: Check = { ref: { account, symbol, positionIdx, monitorId }, lane, token, signal };
        await underWay.run(check, () => touches.during(() => processCheck(check, deps)));
      },
      { concurrency: CONCURRENCY, gate: process.gate },
    ),
  );
}

function observe(counts: Counts): DeskObserver & Parameters<typeof budgetedHooks>[2] {
  return {
    flight: () => undefined,
    cacheRead: () => undefined,
    inputAge: () => undefined,
    staleDecision: () => void (counts.stale += 1),
    request: ({ outcome }) => {
      if (outcome === '10006') counts.rateLimited += 1;
    },
    budgetWait: () => undefined,
  };
}

function ignore(): void {}
