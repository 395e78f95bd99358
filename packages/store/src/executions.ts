import { toJson, type Decimal, type ExecutedBy } from '@backstop/core';
import type { Redis } from 'ioredis';
import { toWholeAndParts } from './executed-sums.ts';
import { accountKeys } from './keys.ts';
import { knownActive, slotsOfSymbol } from './known-active.ts';
import { slotOf, toMember, type MonitorRef } from './monitor-ref.ts';
import type { ExecutionRecord } from './outbox.ts';
import { listActive } from './plans.ts';
import { runScript } from './redis.ts';
import { toWaiter, type Waiter } from './waiter.ts';

/** How long an execution's id is remembered before the cursor, ms. What is older than that counts as applied. */
const KEEP_IDS_MS = 24 * 3_600_000;
const PER_SCRIPT = 200;

/** One execution and the sums that it belongs to. */
export interface AppliedExecution {
  readonly execId: string;
  readonly timeMs: number;
  readonly seq: number;
  readonly symbol: string;
  /** Without a monitor (a foreign order where no plan is) it is only archived. */
  readonly parts: readonly ExecutionPart[];
  /** The exchange's own row, for the archive. */
  readonly raw: string;
}

export interface ExecutionPart {
  readonly monitorId?: string;
  readonly by: ExecutedBy;
  readonly qty: Decimal;
  readonly value: Decimal;
  readonly fee: Decimal;
}

export interface ExecutionBatch {
  /** Oldest first. */
  readonly executions: readonly AppliedExecution[];
  /** Everything up to then is in: the next read starts there. undefined = unchanged; it never goes back. */
  readonly cursorMs: number | undefined;
  /** The account's active monitors, where the caller has read them. */
  readonly active?: readonly MonitorRef[];
  /** Nothing is applied where others than `active` are active on these symbols by now. */
  readonly asLongAsOn?: readonly string[];
}

export interface ApplyResult {
  /** Executions that had not been applied before. */
  readonly applied: number;
  /** The active monitors whose sums changed, due now, in each lane that has any use for it. */
  readonly woken: readonly Waiter[];
  /** Others are active than was remembered: what is not applied has to be booked anew. */
  readonly movedOn: boolean;
}

interface SumsOf {
  readonly monitorId: string;
  readonly ref: MonitorRef | undefined;
}

/**
 * Adds executions to the sums of their monitors, each exactly once however often and by how many processes it is brought, with
 * an outbox entry each. Monitors that got something new are due now: in the lane of the entries where it still has to do with any, or
 * where what executed may have opened something.
 */
export async function applyExecutions(redis: Redis, account: string, batch: ExecutionBatch): Promise<ApplyResult> {
  const { executions, cursorMs, asLongAsOn = [] } = batch;
  const { active = await listActive(redis, account) } = batch;
  let applied = 0;
  const known = knownActive(asLongAsOn.flatMap(slotsOfSymbol), active);
  const woken = new Map<string, Waiter>();
  for (let from = 0; from === 0 || from < executions.length; from += PER_SCRIPT) {
    const some = executions.slice(from, from + PER_SCRIPT);
    const isLast = from + PER_SCRIPT >= executions.length;
    const sums = sumsOf(some, active);
    const reply = await applySome(redis, account, {
      executions: some,
      sums,
      cursorMs: isLast ? cursorMs : undefined,
      known,
    });
    if (reply[0] === 'moved-on') return { applied, woken: [...woken.values()], movedOn: true };
    applied += reply[0];
    for (const waiter of reply[1]) woken.set(waiter, toWaiter(waiter));
  }
  return { applied, woken: [...woken.values()], movedOn: false };
}

function sumsOf(executions: readonly AppliedExecution[], active: readonly MonitorRef[]): readonly SumsOf[] {
  const named = new Set(executions.flatMap(({ parts }) => parts.flatMap(({ monitorId }) => monitorId ?? [])));
  const refs = new Map(active.map((ref) => [ref.monitorId, ref]));
  return [...named].map((monitorId) => ({ monitorId, ref: refs.get(monitorId) }));
}

async function applySome(
  redis: Redis,
  account: string,
  {
    executions,
    sums,
    cursorMs,
    known,
  }: {
    readonly executions: readonly AppliedExecution[];
    readonly sums: readonly SumsOf[];
    readonly cursorMs: number | undefined;
    readonly known: ReturnType<typeof knownActive>;
  },
): Promise<[applied: number, woken: string[]] | ['moved-on']> {
  const keys = accountKeys(account);
  const fixed = [
    keys.executionIds,
    keys.executionCursor,
    keys.outbox,
    keys.active,
    keys.due('tp-sl'),
    keys.due('limit-order'),
  ];
  const indexes = new Map(sums.map(({ monitorId }, index) => [monitorId, index + 1]));
  return runScript(
    redis,
    'apply-executions',
    [...fixed, ...sums.map(({ monitorId }) => keys.executed(monitorId))],
    [
      cursorMs ?? '',
      KEEP_IDS_MS,
      executions.length,
      ...known,
      ...sums.flatMap(monitorArgs),
      ...executions.flatMap((execution) => executionArgs(account, execution, indexes)),
    ],
  );
}

function monitorArgs({ monitorId, ref }: SumsOf): string[] {
  return ref === undefined ? ['', monitorId, ''] : [slotOf(ref), monitorId, toMember(ref)];
}

function executionArgs(
  account: string,
  { parts, ...execution }: AppliedExecution,
  indexes: ReadonlyMap<string, number>,
): (string | number)[] {
  const monitorIds = [...new Set(parts.flatMap(({ monitorId }) => monitorId ?? []))];
  const record: ExecutionRecord = { account, monitorIds, ...execution };
  const partArgs = parts.flatMap(({ monitorId, by, qty, value, fee }) => {
    const index = monitorId === undefined ? undefined : indexes.get(monitorId);
    return index === undefined ? [] : [[index, by, ...[qty, value, fee].flatMap(toWholeAndParts)]];
  });
  return [execution.execId, execution.timeMs, execution.seq, toJson(record), partArgs.length, ...partArgs.flat()];
}

/** Where the next read of an account's executions starts, ms; undefined = nothing was applied yet. */
export async function executionCursor(redis: Redis, account: string): Promise<number | undefined> {
  const cursor = await redis.get(accountKeys(account).executionCursor);
  return cursor === null ? undefined : Number(cursor);
}

/** Has the executions of an account read again from its oldest plan on; those that were applied are not applied again. */
export async function replayExecutions(redis: Redis, account: string): Promise<void> {
  await redis.del(accountKeys(account).executionCursor);
}
