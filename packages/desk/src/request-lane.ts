import { AsyncLocalStorage } from 'node:async_hooks';
import type { BudgetLane, RequestHooks, RequestReport } from '@backstop/core';
import {
  BUDGET_BLOCKS,
  blockBudget,
  correctBudget,
  renewBudget,
  waitForBudget,
  type BudgetGrant,
  type Redis,
} from '@backstop/store';

interface RequestLane {
  readonly lane: BudgetLane;
  /** The grant that was taken before the call, for its only request. */
  readonly prepaid: BudgetGrant | false;
  readonly maxWaitMs: number;
}

/** A request that waits for budget once more on its departure holds a socket and a stamp that ages. */
const DEPARTURE_WAIT_MS = 1_000;

const current = new AsyncLocalStorage<RequestLane>();
const UNLABELLED: RequestLane = { lane: 'audit', prepaid: false, maxWaitMs: 2_000 };

/** Runs calls to the exchange on a budget lane. Without it a request counts as an audit, the lane with the least right. */
export function onLane<T>(lane: RequestLane, call: () => Promise<T>): Promise<T> {
  return current.run(lane, call);
}

/** What a process wants to know of each request; the services turn it into metrics. */
export interface RequestObserver {
  readonly request: (report: RequestReport) => void;
  readonly budgetWait: (lane: BudgetLane, waitedMs: number) => void;
}

/**
 * The hooks through which every request of an account takes its budget first, has it renewed where it departs later than the
 * exchange's limits allow for, and reports its limits after. What the lane may wait, it waits in all. The pauses that
 * 10006, HTTP 403 and 10016 ask for differ: one class for a second, the whole address for ten minutes, the account briefly.
 */
export function budgetedHooks(redis: Redis, account: string, observer: RequestObserver): RequestHooks {
  return {
    admit: async (endpoint, cost, signal) => {
      const { lane, prepaid, maxWaitMs } = current.getStore() ?? UNLABELLED;
      const request = { account, endpoint, cost, lane };
      const startedMs = performance.now();
      let grant = prepaid || (await observed(waitForBudget(redis, request, { signal, maxWaitMs }), lane, observer));

      return async () => {
        const leftMs = Math.max(maxWaitMs - (performance.now() - startedMs), 0);
        grant = await renewBudget(redis, request, grant, { signal, maxWaitMs: Math.min(leftMs, DEPARTURE_WAIT_MS) });
      };
    },
    report: (report) => {
      observer.request(report);
      learnFrom(redis, report).catch(() => undefined); // Redis away: the next header tells the same
    },
  };
}

async function observed<T>(waiting: Promise<T>, lane: BudgetLane, observer: RequestObserver): Promise<T> {
  const startedMs = performance.now();
  try {
    return await waiting;
  } finally {
    observer.budgetWait(lane, performance.now() - startedMs); // a wait in vain tells most
  }
}

async function learnFrom(redis: Redis, { account, endpoint, outcome, limit }: RequestReport): Promise<void> {
  if (limit !== undefined) await correctBudget(redis, { account, endpoint, ...limit });
  if (outcome === '10006') await blockBudget(redis, { account, endpoint }, BUDGET_BLOCKS.rateLimited);
  if (outcome === 'http-403') await blockBudget(redis, { address: true }, BUDGET_BLOCKS.addressBlocked);
  if (outcome === '10016') await blockBudget(redis, { account }, BUDGET_BLOCKS.overloaded);
}
