import { ExchangeError } from '@backstop/core';
import type { Redis } from 'ioredis';
import { waitForBudget, type BudgetGrant, type BudgetRequest, type BudgetWait } from './budget.ts';

/**
 * How old a grant may be when its request departs, ms. Our windows are 100 ms longer than the exchange's, so calls that take
 * from 0 to 100 ms from grant to arrival never meet its limit: half of that is for the wait on our side, half for the way.
 */
const FRESH_MS = 50;

/** A process whose every question to Redis takes longer than that is not asked for ever. */
const MOST_TAKES = 3;

/**
 * The grant with which a request may depart now: the one it holds while that is fresh, or final, else one that is taken in its
 * place. A process that was stopped, starved or waiting for a socket thereby never sends in one burst what it was granted over
 * a second. What it had is given back, so nobody is kept waiting by calls that were never made, itself least.
 *
 * Where three grants in a row have grown old on their way here, the protective lane departs all the same. Over the limit of its class
 * it is refused; over that of the address everybody is blocked for ten minutes, so a call that comes late counts from its reply on
 * (`countFromNow`). That grant is final: the look in the last moment takes it as it is, since another three questions would use up
 * the stamp's time. From then on the age of the stamp alone bounds how late the request departs. Everybody else rejects like a
 * refusal: with ExchangeError `not-sent` and `retryAfterMs`, as from `waitForBudget`.
 */
export async function renewBudget(
  redis: Redis,
  request: BudgetRequest,
  grant: BudgetGrant,
  { signal, maxWaitMs }: Omit<BudgetWait, 'insteadOf'>,
): Promise<BudgetGrant> {
  const deadlineMs = performance.now() + maxWaitMs;
  let held = grant;
  for (let takes = 0; !isFresh(held, performance.now()); takes += 1) {
    if (takes === MOST_TAKES) return departAnyway(request, held);
    const leftMs = Math.max(deadlineMs - performance.now(), 0);
    held = await waitForBudget(redis, request, { signal, maxWaitMs: leftMs, insteadOf: held });
  }
  return held;
}

function isFresh({ askedAtMs, final = false }: BudgetGrant, nowMs: number): boolean {
  return final || nowMs - askedAtMs <= FRESH_MS;
}

function departAnyway({ lane, endpoint }: BudgetRequest, held: BudgetGrant): BudgetGrant {
  if (lane === 'protective') return { ...held, final: true };
  const what = `${MOST_TAKES} grants for ${endpoint} in a row were over ${FRESH_MS} ms old on departure`;
  throw new ExchangeError('not-sent', what, { retryAfterMs: FRESH_MS });
}
