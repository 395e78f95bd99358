import { fromJson, toJson, type Lane, type MonitorEvent, type Plan, type PositionIdx } from '@backstop/core';
import type { Redis } from 'ioredis';
import { accountKeys } from './keys.ts';
import { fromSlot, slotOf, toMember, type MonitorRef } from './monitor-ref.ts';
import type { EventRecord, PlannedRecord } from './outbox.ts';
import { runScript } from './redis.ts';

/** A plan with the first state of each lane, as `toJson` text. */
export interface NewPlan {
  readonly plan: Plan;
  readonly states: Readonly<Record<Lane, string>>;
  /** What its acceptance tells: in the outbox when it is accepted, and only then. */
  readonly event?: MonitorEvent;
  /** When its first checks are due, ms from now; absent = at once. */
  readonly dueInMs?: number;
  /** The same of its entries; absent = with the others. */
  readonly entriesDueInMs?: number;
}

/** A slot that a plan asked for and another monitor holds. */
export interface TakenSlot {
  readonly account: string;
  readonly symbol: string;
  readonly positionIdx: PositionIdx;
  /** Who holds it. */
  readonly monitorId: string;
}

export interface PutPlansResult {
  readonly accepted: readonly MonitorRef[];
  readonly taken: readonly TakenSlot[];
}

/**
 * Accepts plans: each claims its (account, symbol, positionIdx) and is due in both lanes at once, or when it is to be. Nothing is
 * written when any slot is taken, by a monitor or by an earlier plan of the same call. Per account it is one script; only a slot that
 * somebody claims between the first look and that script leaves the plans of other accounts accepted.
 */
export async function putPlans(redis: Redis, plans: readonly NewPlan[]): Promise<PutPlansResult> {
  const taken = [...twice(plans), ...(await alreadyTaken(redis, plans))];
  if (taken.length > 0) return { accepted: [], taken };

  const byAccount = Map.groupBy(plans, ({ plan }) => plan.account);
  const results = await Promise.all([...byAccount].map(([account, own]) => claim(redis, account, own)));
  return { accepted: results.flatMap((result) => result.accepted), taken: results.flatMap((result) => result.taken) };
}

function twice(plans: readonly NewPlan[]): TakenSlot[] {
  const holders = new Map<string, string>();
  return plans.flatMap(({ plan }) => {
    const place = `${plan.account} ${slotOf(plan)}`;
    const monitorId = holders.get(place);
    if (monitorId === undefined) holders.set(place, plan.id);
    return monitorId === undefined ? [] : [toTaken(plan, monitorId)];
  });
}

async function alreadyTaken(redis: Redis, plans: readonly NewPlan[]): Promise<TakenSlot[]> {
  const holders = await Promise.all(
    plans.map(async ({ plan }) => ({
      plan,
      monitorId: await redis.hget(accountKeys(plan.account).active, slotOf(plan)),
    })),
  );
  return holders.flatMap(({ plan, monitorId }) => (monitorId === null ? [] : [toTaken(plan, monitorId)]));
}

async function claim(redis: Redis, account: string, plans: readonly NewPlan[]): Promise<PutPlansResult> {
  const keys = accountKeys(account);
  const fixed = [keys.active, keys.outbox, keys.due('tp-sl'), keys.due('limit-order'), keys.checked];
  const perPlan = plans.flatMap(({ plan: { id } }) => [
    keys.plan(id),
    keys.lane(id, 'tp-sl'),
    keys.lane(id, 'limit-order'),
    keys.executed(id),
  ]);
  const taken = await runScript<string[]>(redis, 'put-plans', [...fixed, ...perPlan], plans.flatMap(planArgs));
  if (taken.length === 0) return { accepted: plans.map(({ plan }) => toRef(plan)), taken: [] };

  const holders = new Map(taken.flatMap((slot, index) => (index % 2 === 0 ? [[slot, taken[index + 1]] as const] : [])));
  const lost = plans.flatMap(({ plan }) => {
    const monitorId = holders.get(slotOf(plan));
    return monitorId === undefined ? [] : [toTaken(plan, monitorId)];
  });
  return { accepted: [], taken: lost };
}

function planArgs({ plan, states, event, dueInMs = 0, entriesDueInMs = dueInMs }: NewPlan): (string | number)[] {
  const ref = toRef(plan);
  const record: PlannedRecord = { ...ref, plan, states };
  const told = event === undefined ? '' : toJson({ ...ref, lane: 'tp-sl', event } satisfies EventRecord);
  const texts = [toJson(plan), states['tp-sl'], states['limit-order'], toJson(record), told];
  return [slotOf(ref), plan.id, toMember(ref), ...texts, dueInMs, entriesDueInMs];
}

function toRef({ account, symbol, positionIdx, id }: Plan): MonitorRef {
  return { account, symbol, positionIdx, monitorId: id };
}

function toTaken({ account, symbol, positionIdx }: Plan, monitorId: string): TakenSlot {
  return { account, symbol, positionIdx, monitorId };
}

/** The plans of these monitors in the order asked; undefined = unknown, or closed more than an hour ago. */
export async function getPlans(redis: Redis, refs: readonly MonitorRef[]): Promise<readonly (Plan | undefined)[]> {
  const texts = await Promise.all(
    refs.map(({ account, monitorId }) => redis.get(accountKeys(account).plan(monitorId))),
  );
  return texts.map((text) => (text === null ? undefined : fromJson<Plan>(text)));
}

/** The monitors of an account that are not closed. */
export async function listActive(redis: Redis, account: string): Promise<readonly MonitorRef[]> {
  const active = await redis.hgetall(accountKeys(account).active);
  return Object.entries(active).map(([slot, monitorId]) => ({ account, ...fromSlot(slot), monitorId }));
}
