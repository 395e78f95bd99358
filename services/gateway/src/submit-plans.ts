import type { Fault, Plan } from '@backstop/core';
import { newPlanId, readPlanJson, TAKER_FEE_RATE, withBalances } from '@backstop/intake';
import type { ListedInstrument, Workload } from '@backstop/intake';
import {
  acceptPlans,
  bucketOf,
  getInstruments,
  getPlans,
  getPrices,
  listAccounts,
  listActive,
  redisTimeMs,
} from '@backstop/store';
import type { Queues, Redis, TakenSlot } from '@backstop/store';
import { ApiError } from './api-error.ts';
import { balanceReader } from './balance-reader.ts';
import type { AcceptedView } from './schemas.ts';

/** Maintenance reads prices every 5 s. Older ones would put the price band of a market entry (S-21) in the wrong place. */
const PRICES_OLDEST_MS = 60_000;

/**
 * Accepts the plans of a plan file, all or none, as the command line does: the same checks, besides active plans of the same
 * places. Throws ApiError: 422 with every fault, 409 when somebody else claims a place in this moment, 503 while trading
 * rules or prices are not known.
 */
export async function submitPlans(
  body: unknown,
  { redis, queues }: { redis: Redis; queues: Queues },
): Promise<AcceptedView> {
  const accounts = await listAccounts(redis);
  const nowMs = await redisTimeMs(redis);
  const [instruments, existing] = await Promise.all([listInstruments(redis, nowMs), activePlans(redis, accounts)]);
  const options = { nowMs, newPlanId, takerFeeRate: TAKER_FEE_RATE, accounts, instruments, existing };
  const read = await withBalances((balances) => readPlanJson(body, { ...options, balances }), balanceReader(queues));
  if (!read.ok) throw new ApiError(422, 'the plans cannot be accepted: nothing was changed', read.faults);

  const { accepted, taken } = await acceptPlans(redis, queues, read.workload.plans);
  if (taken.length > 0)
    throw new ApiError(
      409,
      claimed(accepted.length),
      taken.map((slot) => toFault(slot, read.workload)),
    );
  return {
    accepted: accepted.map(({ monitorId, account, symbol, positionIdx }) => ({
      id: monitorId,
      account,
      symbol,
      positionIdx,
    })),
  };
}

/** What maintenance has read of the exchange last: every bucket has the same. */
async function listInstruments(redis: Redis, nowMs: number): Promise<ReadonlyMap<string, ListedInstrument>> {
  const bucket = bucketOf('');
  const [instruments, prices] = await Promise.all([getInstruments(redis, bucket), getPrices(redis, bucket)]);
  const newestMs = Math.max(0, ...[...prices.values()].map(({ atMs }) => atMs));
  if (instruments.size === 0 || nowMs - newestMs > PRICES_OLDEST_MS) {
    throw new ApiError(503, 'trading rules and prices are not known now: the maintenance service reads them');
  }
  return new Map(
    [...instruments].flatMap(([symbol, instrument]) => {
      const price = prices.get(symbol)?.last;
      return price === undefined ? [] : [[symbol, { instrument, price }] as const];
    }),
  );
}

async function activePlans(redis: Redis, accounts: readonly string[]): Promise<readonly Plan[]> {
  const refs = (await Promise.all(accounts.map((account) => listActive(redis, account)))).flat();
  return (await getPlans(redis, refs)).filter((plan) => plan !== undefined);
}

function claimed(accepted: number): string {
  const rest = accepted === 0 ? 'nothing was changed' : `the ${accepted} plans of other accounts were accepted`;
  return `somebody else claimed a place in this moment: ${rest}`;
}

function toFault({ account, symbol, positionIdx, monitorId }: TakenSlot, { plans, places }: Workload): Fault {
  const plan = plans.find(
    (other) => other.account === account && other.symbol === symbol && other.positionIdx === positionIdx,
  );
  return {
    path: places.get(plan?.id ?? '') ?? '',
    message: `(${account}, ${symbol}, ${positionIdx}) is held by monitor ${monitorId}`,
  };
}
