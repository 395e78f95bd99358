import { LANES, fromJson, parseOrderLinkId, protectionNow } from '@backstop/core';
import type { Condition, ConditionName, Lane, LaneStates, Leg, Memories, Plan, Snapshot, Stage } from '@backstop/core';
import type { Redis } from 'ioredis';
import { listAccounts } from './fleet.ts';
import { accountKeys } from './keys.ts';
import { slotOf, toMember, type MonitorRef } from './monitor-ref.ts';
import { listActive } from './plans.ts';
import { peekCheck, type CheckRead } from './read-check.ts';
import { toSnapshot } from './to-snapshot.ts';

/** A condition with its name and the lane that raised it. */
export interface MonitorCondition extends Condition {
  readonly lane: Lane;
  readonly name: ConditionName;
}

/** A monitor as people look at it: what the shared cache knows, without any claim on it. Times are Redis time, ms. */
export interface MonitorPicture {
  readonly ref: MonitorRef;
  readonly plan: Plan;
  readonly stage: Stage | 'unknown';
  /** Rows, sums, states and open intents as they were read, all in one moment. Of a closed monitor only its states. */
  readonly read: CheckRead;
  /** undefined = a row is missing or too old: size, stop and protection are not known then. */
  readonly snapshot: Snapshot | undefined;
  /** By the stop that is wanted now. */
  readonly protection: ReturnType<typeof protectionNow> | undefined;
  /** Legs of which an order works. */
  readonly working: readonly Leg[];
  /** Take-profits that have executed, at least in part. */
  readonly filledTakeProfits: readonly Leg[];
  readonly conditions: readonly MonitorCondition[];
  /** Of the last completed check, or of the acceptance before the first one; undefined = closed. */
  readonly checkedAtMs: number | undefined;
  /** undefined = not due in this lane. */
  readonly dueAtMs: Readonly<Record<Lane, number | undefined>>;
}

/** All active monitors of these accounts (of every account without), by account, symbol and position index. */
export async function readMonitors(redis: Redis, accounts?: readonly string[]): Promise<readonly MonitorPicture[]> {
  const names = accounts ?? (await listAccounts(redis));
  const refs = (await Promise.all(names.map((account) => listActive(redis, account)))).flat();
  const pictures = await Promise.all(refs.map((ref) => readActive(redis, ref)));
  return pictures.filter((picture) => picture !== undefined).toSorted(byPlace);
}

/** One monitor by its id, for an hour after it closed too; undefined = unknown. */
export async function readMonitor(redis: Redis, monitorId: string): Promise<MonitorPicture | undefined> {
  const accounts = await listAccounts(redis);
  const texts = await Promise.all(accounts.map((account) => redis.get(accountKeys(account).plan(monitorId))));
  const text = texts.find((found) => found !== null);
  if (text === undefined || text === null) return undefined;

  const plan = fromJson<Plan>(text);
  const { account, symbol, positionIdx } = plan;
  const ref = { account, symbol, positionIdx, monitorId };
  return (await readActive(redis, ref)) ?? readClosed(redis, ref, plan);
}

/** undefined = it has closed since it was listed. */
async function readActive(redis: Redis, ref: MonitorRef): Promise<MonitorPicture | undefined> {
  const keys = accountKeys(ref.account);
  const member = toMember(ref);
  const [read, checkedAt, dueTpSl, dueLimitOrder] = await Promise.all([
    peekCheck(redis, ref),
    redis.zscore(keys.checked, member),
    redis.zscore(keys.due('tp-sl'), member),
    redis.zscore(keys.due('limit-order'), member),
  ]);
  if (read.plan === undefined) return undefined;
  return {
    ...toPicture(ref, read.plan, read),
    checkedAtMs: toTime(checkedAt),
    dueAtMs: { 'tp-sl': toTime(dueTpSl), 'limit-order': toTime(dueLimitOrder) },
  };
}

async function readClosed(redis: Redis, ref: MonitorRef, plan: Plan): Promise<MonitorPicture> {
  const [read, tpSl, limitOrder] = await Promise.all([
    peekCheck(redis, ref),
    readState(redis, ref, 'tp-sl'),
    readState(redis, ref, 'limit-order'),
  ]);
  return toPicture(ref, plan, { ...read, states: { 'tp-sl': tpSl, 'limit-order': limitOrder } });
}

async function readState<L extends Lane>(redis: Redis, { account, monitorId }: MonitorRef, lane: L) {
  const [version, state] = await redis.hmget(accountKeys(account).lane(monitorId, lane), 'version', 'state');
  return {
    version: Number(version ?? 0),
    state: state === null || state === undefined ? undefined : fromJson<LaneStates[L]>(state),
  };
}

function toPicture(ref: MonitorRef, plan: Plan, read: CheckRead): MonitorPicture {
  const snapshot = toSnapshot(read);
  return {
    ref,
    plan,
    stage: read.states['tp-sl'].state?.stage ?? 'unknown',
    read,
    snapshot,
    protection: snapshot && protectionNow(snapshot, plan, memoriesOf(read)),
    working: (snapshot?.orders ?? []).flatMap(({ orderLinkId }) => legOf(orderLinkId, plan)),
    filledTakeProfits: plan.takeProfits
      .map(({ leg }) => leg)
      .filter((leg) => (snapshot?.executed.get(leg)?.qty ?? 0n) > 0n),
    conditions: LANES.flatMap((lane) => conditionsOf(lane, read.states[lane].state?.conditions ?? {})),
    checkedAtMs: undefined,
    dueAtMs: { 'tp-sl': undefined, 'limit-order': undefined },
  };
}

/** What the lanes remember, as of the moment of the read. */
export function memoriesOf({ states, nowMs }: CheckRead): Memories {
  return { tpSl: states['tp-sl'].state, limitOrder: states['limit-order'].state, nowMs };
}

function conditionsOf(lane: Lane, conditions: LaneStates[Lane]['conditions']): MonitorCondition[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a record are its names
  const names = Object.keys(conditions) as ConditionName[];
  return names.flatMap((name) => {
    const condition = conditions[name];
    return condition === undefined ? [] : [{ lane, name, ...condition }];
  });
}

function legOf(orderLinkId: string, plan: Plan): Leg[] {
  const identity = parseOrderLinkId(orderLinkId);
  return identity?.planId === plan.id ? [identity.leg] : [];
}

function toTime(score: string | null): number | undefined {
  return score === null ? undefined : Number(score);
}

function byPlace({ ref: a }: MonitorPicture, { ref: b }: MonitorPicture): number {
  return a.account.localeCompare(b.account) || slotOf(a).localeCompare(slotOf(b));
}
