import { randomUUID } from 'node:crypto';
import {
  ExchangeError,
  type Action,
  type ActionOutcome,
  type Exchange,
  type OrderRow,
  type WriteOptions,
  type WriteReply,
} from '@backstop/core';
import { closeIntents, noteKeyRefusal, openIntents, pauseWrites } from '@backstop/store';
import { awaitsOf } from './awaits-of.ts';
import { batches, type Batch } from './batches.ts';
import type { DeskDeps } from './desk.ts';
import { holdBudget, type PaidRequest } from './hold-budget.ts';
import { findCreated, lookUpLost } from './look-up.ts';
import type { Check, Facts } from './reading.ts';
import { onLane } from './request-lane.ts';

/** What became of a decision's actions, in no particular order, and when the budget has room for those that it refused. */
export interface Carried {
  readonly outcomes: readonly ActionOutcome[];
  /** ms from now; undefined = the budget refused nothing. */
  readonly budgetInMs: number | undefined;
}

/**
 * Sends a decision's actions request by request, in their order. Each request holds its budget, is stamped, stores its
 * intents under the lane's fence and is only then signed (S-29, S-31). Once the fence is lost nothing more is sent, and what
 * the budget refuses, before or on departure, stays unsent: the next check sends what is left.
 */
export async function carryOut(
  check: Check,
  facts: Facts,
  actions: readonly Action[],
  deps: DeskDeps,
): Promise<Carried> {
  const found = await lookUpLost(check, facts, actions, deps);
  const settled = facts.settledIntents.map(({ id }) => id);
  await closeIntents(deps.redis, check.ref, settled);
  const open = actions.filter((action) => !found.has(action));
  const outcomes = [...found.values(), ...open.filter((action) => !mayGo(action, facts)).map(unsent)];
  const waits: number[] = [];

  let fenced = false;
  for (const batch of batches(open.filter((action) => mayGo(action, facts)))) {
    if (fenced || check.signal.aborted) {
      outcomes.push(...batch.map(unsent));
      continue;
    }
    const held = await holdBudget(check, batch, deps);
    const sent = await Promise.all(held.requests.map((request) => sendRequest(check, facts, request, deps)));
    outcomes.push(...sent.flatMap((request) => request.outcomes), ...held.refused.map(unsent));
    if (held.refused.length > 0) waits.push(held.waitMs);
    waits.push(...sent.flatMap((request) => request.waitsMs));
    fenced = sent.some((request) => request.fenced);
  }
  return { outcomes, budgetInMs: waits.length === 0 ? undefined : Math.min(...waits) };
}

/** While rows are unsettled only what is absolute may go: the same stop, the same id (S-13, DESIGN section 5). */
function mayGo(action: Action, { dirty }: Facts): boolean {
  return action.absolute || !dirty;
}

async function sendRequest(
  check: Check,
  facts: Facts,
  { actions: request, grant }: PaidRequest,
  deps: DeskDeps,
): Promise<{ outcomes: ActionOutcome[]; fenced: boolean; waitsMs: readonly number[] }> {
  const { ref, lane, token, signal } = check;
  const intents = request.map((action) => toIntent(action, facts.snapshot.orders));
  const unless =
    lane === 'limit-order' && request.some(({ type }) => type === 'create') ? { unless: since(facts) } : {};
  let fenced = false;
  const beforeSend = async (): Promise<void> => {
    const opened = await openIntents(deps.redis, { ref, lane, token, intents, ...unless });
    if (opened.ok) return;
    fenced = true;
    throw new ExchangeError('not-sent', opened.why);
  };

  const [{ budget }] = request;
  const replies = await onLane({ lane: budget, prepaid: grant, maxWaitMs: 0 }, () =>
    send(deps.exchangeOf(ref.account), request, { signal, beforeSend }),
  );
  await heedKeyRefusal(ref.account, replies, deps);
  const outcomes = await Promise.all(request.map((action, at) => outcomeOf(check, action, replies[at], deps)));
  const known = intents.flatMap(({ id }, at) => {
    if (outcomes[at]?.result === 'unknown') return [];
    return [{ id, outcome: endOf(replies[at]) }];
  });
  await closeIntents(deps.redis, ref, known);
  return { outcomes, fenced, waitsMs: replies.flatMap(refusedFor) };
}

/** How an intent ended, by the reply itself: what was looked up after a refusal, and what may not have left, is read. */
function endOf(reply: WriteReply | undefined): 'acknowledged' | 'refused' | 'not-sent' {
  if (reply === undefined) return 'refused';
  if (reply.ok) return 'acknowledged';
  return reply.error.reason === 'not-sent' ? 'not-sent' : 'refused';
}

/** A write that is refused for the key's sake is noted, once a request, and holds the account's next writes back. */
async function heedKeyRefusal(account: string, replies: readonly WriteReply[], { redis }: DeskDeps): Promise<void> {
  const why = replies.find((reply) => !reply.ok && reply.error.reason === 'credentials');
  if (why === undefined || why.ok) return;
  await Promise.all([noteKeyRefusal(redis, account, why.error.message), pauseWrites(redis, account)]);
}

/** When there may be budget again for a request that got none on its departure, ms from now. */
function refusedFor(reply: WriteReply): readonly number[] {
  if (reply.ok || reply.error.reason !== 'not-sent') return [];
  const { retryAfterMs } = reply.error;
  return retryAfterMs === undefined ? [] : [retryAfterMs];
}

/** A new entry is not sent once the stage or the executions have moved on since they were read (S-20). */
function since({ versions, snapshot }: Facts): { tpSlVersionAbove: number; executionsSeqAbove: number } {
  return { tpSlVersionAbove: versions['tp-sl'], executionsSeqAbove: snapshot.executionsSeq };
}

/** One request of one kind; the batch holds actions of its first one's type only. */
async function send(exchange: Exchange, request: Batch, options: WriteOptions): Promise<readonly WriteReply[]> {
  const [first] = request;
  switch (first.type) {
    case 'set-stop':
      return [await exchange.setStop(first.stop, options)];
    case 'create':
      return exchange.createOrders(
        request.flatMap((action) => (action.type === 'create' ? [action.order] : [])),
        options,
      );
    case 'amend':
      return exchange.amendOrders(
        request.flatMap((action) => (action.type === 'amend' ? [action.amend] : [])),
        options,
      );
    case 'cancel':
      return exchange.cancelOrders(
        request.flatMap((action) => (action.type === 'cancel' ? [action.cancel] : [])),
        options,
      );
    default:
      return first satisfies never;
  }
}

async function outcomeOf(
  check: Check,
  action: Action,
  reply: WriteReply | undefined,
  deps: DeskDeps,
): Promise<ActionOutcome> {
  if (reply === undefined) return { action, result: 'unknown' };
  if (reply.ok) return { action, result: 'done' };

  const { reason, code, message } = reply.error;
  if (reason === 'not-sent' || reason === 'unavailable') return unsent(action);
  if (reason === 'unknown') return { action, result: 'unknown' };
  if (reason === 'duplicate-link-id' && action.type === 'create') {
    return (await findCreated(check, action, deps)) ?? { action, result: 'unknown' };
  }
  return { action, result: 'refused', reason, code, message };
}

function toIntent(action: Action, orders: readonly OrderRow[]) {
  const { type, absolute } = action;
  const named = type === 'create' ? { orderLinkId: action.order.orderLinkId } : {};
  return { id: randomUUID(), type, absolute, awaits: awaitsOf(action, orders), ...named };
}

function unsent(action: Action): ActionOutcome {
  return { action, result: 'unsent' };
}
