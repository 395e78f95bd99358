import { AsyncLocalStorage } from 'node:async_hooks';
import { ExchangeError, type BudgetLane, type Departure, type RequestHooks, type RequestReport } from '@backstop/core';
import {
  BUDGET_BLOCKS,
  blockBudget,
  correctBudget,
  countFromNow,
  renewBudget,
  waitForBudget,
  type BudgetAnswer,
  type BudgetGrant,
  type BudgetRequest,
  type Redis,
} from '@backstop/store';

interface RequestLane {
  readonly lane: BudgetLane;
  /** The grant that was taken before the call, for its only request; a promise = it was asked for, and is needed on departure only. */
  readonly prepaid: BudgetGrant | Promise<BudgetAnswer> | false;
  readonly maxWaitMs: number;
}

/** A request that waits for budget once more on its departure holds a socket and a stamp that ages. */
const DEPARTURE_WAIT_MS = 1_000;

const current = new AsyncLocalStorage<RequestLane>();
const UNLABELLED: RequestLane = { lane: 'audit', prepaid: false, maxWaitMs: 2_000 };

/**
 * A call whose reply comes later than this after its grant counts from then on, ms. The address forgives nothing: what is over its
 * limit is not refused alone, everything is for ten minutes (reference B.1). Our window for it is 500 ms longer than the exchange's.
 * Those of the classes are 100 ms longer, but what is over their limits is refused alone.
 */
const LATE_MS = 400;

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
 * exchange's limits allow for, has it count from its reply on where that comes late, and reports its limits after. What the lane
 * may wait, it waits in all. The pauses that 10006, HTTP 403 and 10016 ask for differ: one class for a second, the whole address
 * for ten minutes, the account briefly.
 */
export function budgetedHooks(redis: Redis, account: string, observer: RequestObserver): RequestHooks {
  return {
    admit: async (endpoint, cost, signal) => {
      const { lane, prepaid, maxWaitMs } = current.getStore() ?? UNLABELLED;
      const request = { account, endpoint, cost, lane };
      const startedMs = performance.now();
      let departs: BudgetGrant | undefined;
      const arrived = (): void => {
        if (departs !== undefined) countLate(redis, request, departs);
      };
      const renew = async (held: BudgetGrant): Promise<void> => {
        const leftMs = Math.max(maxWaitMs - (performance.now() - startedMs), 0);
        const wait = { signal, maxWaitMs: Math.min(leftMs, DEPARTURE_WAIT_MS) };
        departs = await renewBudget(redis, request, held, wait);
      };
      if (prepaid instanceof Promise) return { depart: onAnswer(prepaid, renew), arrived };

      const grant = prepaid || (await observed(waitForBudget(redis, request, { signal, maxWaitMs }), lane, observer));
      return { depart: () => renew(departs ?? grant), arrived };
    },
    report: (report) => {
      observer.request(report);
      learnFrom(redis, report).catch(() => undefined); // Redis away: the next header tells the same
    },
  };
}

/** The first look is left out, for the intent is stored while the answer is on its way: the one before the signature waits for it. */
function onAnswer(asked: Promise<BudgetAnswer>, renew: (held: BudgetGrant) => Promise<void>): Departure['depart'] {
  let isFirst = true;
  return async () => {
    if (!isFirst) await renew(await granted(asked));
    isFirst = false;
  };
}

async function granted(asked: Promise<BudgetAnswer>): Promise<BudgetGrant> {
  const answer = await asked.catch((error: unknown) => {
    throw new ExchangeError('not-sent', `the call budget does not answer: ${String(error)}`);
  });
  if (answer.granted) return answer;
  throw new ExchangeError('not-sent', 'no budget', { retryAfterMs: answer.waitMs });
}

function countLate(redis: Redis, request: BudgetRequest, grant: BudgetGrant): void {
  if (performance.now() - grant.askedAtMs <= LATE_MS) return;
  countFromNow(redis, request, grant).catch(() => undefined); // Redis away: nothing is granted either
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
