import { setTimeout as pause } from 'node:timers/promises';
import { ExchangeError, type BudgetLane, type EndpointClass } from '@backstop/core';
import type { Redis } from 'ioredis';
import { ADDRESS_LIMIT, ADDRESS_WINDOW_MS, CLASS_LIMITS, CLASS_WINDOW_MS, LANE_LEAVES } from './budget-table.ts';
import { budgetKeys } from './keys.ts';
import { runScript } from './redis.ts';

/** One HTTP request that wants to be sent. `cost` is 1, or the number of orders in a batch (reference B.4). */
export interface BudgetRequest {
  readonly account: string;
  readonly endpoint: EndpointClass;
  readonly cost: number;
  /** Take less than `cost` where that is all there is, but no less than this; all or nothing without it. */
  readonly atLeast?: number;
  readonly lane: BudgetLane;
}

/** Calls that may be sent, soon: `renewBudget` says how soon. */
export interface BudgetGrant {
  readonly granted: true;
  readonly cost: number;
  /** When Redis was asked, by `performance.now()`: the grant is no older than this. */
  readonly askedAtMs: number;
  /** The number of its first call in the logs. */
  readonly firstCall: number;
  /** Its request departs on it however old it is: see `renewBudget`. */
  readonly final?: boolean;
}

/** `most` = the largest cost that the lane may ever take at once under the present limit; a larger one is never granted. */
export type BudgetAnswer = BudgetGrant | { readonly granted: false; readonly waitMs: number; readonly most: number };

/** What a block applies to: one endpoint class of an account, the whole account, or everything sent from this address. */
export type BudgetScope = { readonly account: string; readonly endpoint?: EndpointClass } | { readonly address: true };

/** How long: from now, until a moment (ms since 1970), or doubling from `firstMs` to `mostMs` while refusals go on. */
export type BudgetBlock =
  | { readonly forMs: number }
  | { readonly untilMs: number }
  | { readonly firstMs: number; readonly mostMs: number };

/** The three back-offs: 10006 on the class, 403 on the address, 10016 on the account (DESIGN section 5). */
export const BUDGET_BLOCKS = {
  rateLimited: { forMs: 1_000 },
  addressBlocked: { forMs: 600_000 },
  overloaded: { firstMs: 1_000, mostMs: 8_000 },
} as const satisfies Record<string, BudgetBlock>;

/** A header's reset time that lies further ahead is a clock's fault. */
const MOST_UNTIL_MS = 60_000;

type TakeReply = readonly [
  granted: number,
  waitMs: number,
  limit: number,
  rest: number,
  taken?: number,
  firstCall?: number,
  addressLeft?: number,
];

/** What this process last learnt of a budget, by `account endpoint`, or of the address. It only spares calls: the truth is in Redis. */
const lastSeen = new WeakMap<Redis, Map<string, { readonly limit: number; readonly left: number }>>();
const ADDRESS = 'address';

/**
 * Asks once, for all processes together, by Redis time. A grant is spent, whether or not the request is then sent, unless it
 * is given back: `insteadOf` is one of the same account and class with which nothing was sent, and it is gone whatever the
 * answer. A refusal spends nothing and says when to ask again (ms). Rejects when Redis does not answer.
 */
export async function takeBudget(redis: Redis, request: BudgetRequest, insteadOf?: BudgetGrant): Promise<BudgetAnswer> {
  const { account, endpoint, cost, atLeast = cost } = request;
  if (!isCount(atLeast, 1) || !isCount(cost, atLeast)) throw new RangeError(`not a cost: ${atLeast} to ${cost}`);

  const askedAtMs = performance.now();
  const givenBack = insteadOf === undefined ? [0, 0] : [insteadOf.firstCall, insteadOf.cost];
  const args = [...terms(request), ...givenBack, request.lane === 'audit' ? '1' : ''];
  const reply = await runScript<TakeReply>(redis, 'budget-take', takenFrom(request), args);
  const [granted, waitMs, limit, rest, taken = cost, firstCall = 0, addressLeft = 0] = reply;
  seenBy(redis).set(ADDRESS, { limit: ADDRESS_LIMIT, left: addressLeft });
  if (granted === 0) return { granted: false, waitMs, most: rest };

  seenBy(redis).set(`${account} ${endpoint}`, { limit, left: rest });
  return { granted: true, cost: taken, askedAtMs, firstCall };
}

/**
 * What has to be left of a class and of the address, as parts of their limits, so that one more call is hardly ever refused. Of the
 * address that is 30 calls: they outlast a round trip even where it is asked for 95 % of them.
 */
const PLENTY_OF_CLASS = 0.5;
const PLENTY_OF_ADDRESS = 0.05;

/** Whether this process saw so much left of both when it took from them last, and was granted it. */
export function hasPlenty(redis: Redis, { account, endpoint }: Pick<BudgetRequest, 'account' | 'endpoint'>): boolean {
  const has = (budget: string, part: number): boolean => {
    const { left, limit } = seenBy(redis).get(budget) ?? { left: 0, limit: 1 };
    return left >= limit * part;
  };
  return has(`${account} ${endpoint}`, PLENTY_OF_CLASS) && has(ADDRESS, PLENTY_OF_ADDRESS);
}

function takenFrom({ account, endpoint }: BudgetRequest): readonly string[] {
  return endpoint === 'market'
    ? addressKeys()
    : [...addressKeys(), ...classKeys(account, endpoint), accountMarks(account)];
}

function terms({ endpoint, cost, lane, atLeast = cost }: BudgetRequest): readonly number[] {
  const classLimit = endpoint === 'market' ? 0 : CLASS_LIMITS[endpoint];
  return [cost, ADDRESS_LIMIT, ADDRESS_WINDOW_MS, classLimit, CLASS_WINDOW_MS, LANE_LEAVES[lane], atLeast];
}

/**
 * Counts the calls of a grant from now on, not from when they were granted: the exchange may have got them only now. Counting again
 * moves them once more. Rejects when Redis does not answer.
 */
export async function countFromNow(
  redis: Redis,
  { account, endpoint }: Pick<BudgetRequest, 'account' | 'endpoint'>,
  { firstCall, cost }: BudgetGrant,
): Promise<void> {
  const logs = [addressKeys()[0], ...(endpoint === 'market' ? [] : [classKeys(account, endpoint)[0]])];
  await runScript(redis, 'budget-count-from-now', logs, [firstCall, cost, ADDRESS_WINDOW_MS, CLASS_WINDOW_MS]);
}

export interface BudgetWait {
  readonly signal: AbortSignal;
  readonly maxWaitMs: number;
  /** A grant with which nothing was sent: given back with the first question. */
  readonly insteadOf?: BudgetGrant;
}

/**
 * Waits until the request is granted. Rejects with ExchangeError `not-sent` when the wait would pass `maxWaitMs` (then with
 * `retryAfterMs`), when the cost can never be granted, when `signal` aborts, or when Redis does not answer.
 */
export async function waitForBudget(
  redis: Redis,
  request: BudgetRequest,
  { signal, maxWaitMs, insteadOf }: BudgetWait,
): Promise<BudgetGrant> {
  const deadlineMs = performance.now() + maxWaitMs;
  for (;;) {
    if (signal.aborted) throw new ExchangeError('not-sent', 'aborted while waiting for the call budget');

    const answer = await takeBudget(redis, request, insteadOf).catch((error: unknown) => {
      throw new ExchangeError('not-sent', `the call budget does not answer: ${String(error)}`);
    });
    if (answer.granted) return answer;
    refuseHopeless(request, answer);
    if (performance.now() + answer.waitMs > deadlineMs) {
      const what = `no budget for ${request.endpoint} in the ${request.lane} lane for ${answer.waitMs} ms`;
      throw new ExchangeError('not-sent', what, { retryAfterMs: answer.waitMs });
    }
    await pause(answer.waitMs, undefined, { signal }).catch(() => undefined);
  }
}

/**
 * Stops a budget for all lanes and processes. Resolves with how long it is blocked from now on, ms: a longer block that
 * stands is never shortened.
 */
export async function blockBudget(redis: Redis, scope: BudgetScope, block: BudgetBlock): Promise<number> {
  return runScript<number>(redis, 'budget-block', [marksOf(scope)], blockArguments(block));
}

/**
 * Corrects a budget by the X-Bapi-Limit headers of a reply (reference B.3): the limit is taken over, up or down, and calls
 * that others made with the same key are counted. Asks Redis only when the headers say something that this process did not
 * know; resolves with whether it did. The reset time says nothing unless a call was refused: then it goes to `blockBudget`.
 */
export async function correctBudget(
  redis: Redis,
  seen: {
    readonly account: string;
    readonly endpoint: EndpointClass;
    readonly limit: number;
    readonly remaining: number;
  },
): Promise<boolean> {
  const { account, endpoint, limit, remaining } = seen;
  if (endpoint === 'market' || !isCount(limit, 1) || !isCount(remaining, 0)) return false;

  const known = seenBy(redis).get(`${account} ${endpoint}`);
  if (known?.limit === limit && remaining >= Math.min(known.left, limit / 2)) return false;

  const [, addressMarks] = addressKeys();
  const keys = [...classKeys(account, endpoint), addressMarks];
  await runScript(redis, 'budget-correct', keys, [limit, Math.min(remaining, limit), CLASS_WINDOW_MS]);
  seenBy(redis).set(`${account} ${endpoint}`, { limit, left: remaining });
  return true;
}

function refuseHopeless({ cost, endpoint, lane }: BudgetRequest, { most }: { readonly most: number }): void {
  if (endpoint === 'market' || cost <= most) return;
  throw new ExchangeError(
    'not-sent',
    `a call of cost ${cost} is over the ${most} that the ${lane} lane may take of ${endpoint}`,
  );
}

function isCount(value: number, least: number): boolean {
  return Number.isSafeInteger(value) && value >= least;
}

function seenBy(redis: Redis): Map<string, { readonly limit: number; readonly left: number }> {
  const seen = lastSeen.get(redis) ?? new Map<string, { readonly limit: number; readonly left: number }>();
  lastSeen.set(redis, seen);
  return seen;
}

function blockArguments(block: BudgetBlock): readonly (string | number)[] {
  if ('forMs' in block) return ['for', block.forMs, 0];
  if ('untilMs' in block) return ['until', block.untilMs, MOST_UNTIL_MS];
  return ['doubling', block.firstMs, block.mostMs];
}

function marksOf(scope: BudgetScope): string {
  if ('address' in scope) return addressKeys()[1];
  return scope.endpoint === undefined ? accountMarks(scope.account) : classKeys(scope.account, scope.endpoint)[1];
}

function addressKeys(): readonly [log: string, marks: string, line: string] {
  return [budgetKeys.address, `${budgetKeys.address}:marks`, `${budgetKeys.address}:line`];
}

function classKeys(account: string, endpoint: EndpointClass): readonly [log: string, marks: string] {
  const key = budgetKeys.account(account, endpoint);
  return [key, `${key}:marks`];
}

function accountMarks(account: string): string {
  return `${budgetKeys.account(account, 'all')}:marks`;
}
