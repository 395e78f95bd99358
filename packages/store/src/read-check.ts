import type {
  Executed,
  ExecutedBy,
  Instrument,
  Lane,
  LaneStates,
  LimitOrderState,
  OrderRow,
  Plan,
  PositionRow,
  Prices,
  TpSlState,
} from '@backstop/core';
import type { Redis } from 'ioredis';
import { CHECK_LEASE_MS } from './due.ts';
import { toExecuted } from './executed-sums.ts';
import { parseIntents, type Intent } from './intents.ts';
import { accountKeys } from './keys.ts';
import { ORDERS_TTL_MS, POSITIONS_TTL_MS } from './landings.ts';
import { slotOf, toMember, type MonitorRef } from './monitor-ref.ts';
import { runScript } from './redis.ts';
import { remembered, remembering } from './remembered.ts';

/**
 * What the cache holds of one row. `missing` was never read, `expired` is too old: both are unknown, never empty. Times are
 * Redis time in ms: the read that it came from lay between `startMs` and `endMs`.
 */
export type Row<T> =
  | { readonly kind: 'missing' | 'expired' }
  | {
      readonly kind: 'row';
      readonly value: T;
      readonly startMs: number;
      readonly endMs: number;
      /** The write epoch that was current when the read began. */
      readonly epoch: number;
      /** Changed by what the stream told since it was read. */
      readonly patched: boolean;
      /** A live stream keeps it current: it counts beyond the ceiling on its age. */
      readonly vouched: boolean;
      /** When it was last known to be so: the start of its read, or when the stream last told something of it. */
      readonly atMs: number;
      /** The read began before the last write of ours on these rows was settled: by its reply, or by its deadline. */
      readonly dirty: boolean;
    };

export interface CheckRead {
  readonly nowMs: number;
  /** undefined = the monitor is not active (closed or unknown): nothing else is filled in, and no fence was taken. */
  readonly plan: Plan | undefined;
  readonly states: { readonly [L in Lane]: { readonly version: number; readonly state: LaneStates[L] | undefined } };
  /** A value of undefined = flat: a complete listing did not contain it. */
  readonly position: Row<PositionRow | undefined>;
  readonly orders: Row<readonly OrderRow[]>;
  readonly executed: ReadonlyMap<ExecutedBy, Executed>;
  readonly executionsSeq: number;
  readonly prices: Prices | undefined;
  readonly instrument: Instrument | undefined;
  /** All open intents of the monitor, of both lanes and of any token, those past their deadline among them. */
  readonly intents: readonly Intent[];
  /** The account's current write epoch. */
  readonly epoch: number;
  /** Rows with a smaller epoch are dirty for this lane; `dirty` of a row counts open intents too. */
  readonly dirtyEpoch: number;
  /** Redis time of our last write on these rows, ms, for as long as it is remembered; 0 = none. */
  readonly dirtyAtMs: number;
  /** Reads of this account rest until then after a failure; 0 = they do not. */
  readonly failedUntilMs: number;
}

type RowReply = [
  result: string,
  startMs: string,
  endMs: string,
  epoch: string,
  patched: string,
  value: string,
  vouched: string,
  atMs: string,
];
type LaneReply = [version: string | null, state: string | null];
type Reply = [
  nowMs: number,
  plan: string | null,
  tpSl: LaneReply,
  limitOrder: LaneReply,
  position: RowReply,
  orders: RowReply,
  executed: string[],
  prices: string | null,
  instrument: string | null,
  intents: string[],
  epoch: string,
  dirtyEpoch: string,
  failedUntilMs: string,
  dirtyAtMs: string,
];

/**
 * Reads all that one check stands on in one round trip and one moment, sets the lane's fence to `token`, and consumes a due
 * time that has come, so that a check that is under way is not enqueued again.
 */
export async function readCheck(redis: Redis, ref: MonitorRef, lane: Lane, token: string): Promise<CheckRead> {
  const claim = [slotOf(ref), ref.monitorId, toMember(ref), lane, token, CHECK_LEASE_MS, ref.symbol];
  const args = [...claim, POSITIONS_TTL_MS, ORDERS_TTL_MS];
  const reply = await runScript<Reply>(redis, 'read-check', checkKeys(ref, lane), args);
  return reply[1] === null ? inactive(reply[0]) : toCheckRead(reply, reply[1]);
}

/** The same view without any claim: no fence, no due time moved, nothing counted. For people and gauges. */
export async function peekCheck(redis: Redis, ref: MonitorRef): Promise<CheckRead> {
  return readCheck(redis, ref, 'tp-sl', '');
}

/** No field and no number of an `executed` hash holds a line break. */
const executedSums = remembering((text) => toExecuted(text === '' ? [] : text.split('\n')));

function checkKeys(ref: MonitorRef, lane: Lane): string[] {
  const { account, symbol, positionIdx, monitorId } = ref;
  const keys = accountKeys(account);
  return [
    keys.active,
    keys.due(lane),
    keys.plan(monitorId),
    keys.lane(monitorId, 'tp-sl'),
    keys.lane(monitorId, 'limit-order'),
    keys.intents(monitorId),
    keys.executed(monitorId),
    keys.positionRow(symbol, positionIdx),
    keys.positionListing,
    keys.ordersRow(symbol, positionIdx),
    keys.ordersListing,
    keys.landed,
    keys.dirty,
    keys.epoch,
    keys.failure,
    keys.prices,
    keys.instruments,
    keys.cacheStats,
    keys.stream,
  ];
}

function toCheckRead(reply: Reply, plan: string): CheckRead {
  const [nowMs, , tpSl, limitOrder, position, orders, executed, prices, instrument, intents, ...numbers] = reply;
  const [epoch, dirtyEpoch, failedUntilMs, dirtyAtMs] = numbers;
  return {
    nowMs,
    plan: remembered<Plan>(plan),
    states: { 'tp-sl': toTpSl(tpSl), 'limit-order': toLimitOrder(limitOrder) },
    position: toRow(position, (text) => (text === '' ? undefined : remembered<PositionRow>(text))),
    orders: toRow(orders, (text) => (text === '' ? [] : remembered<readonly OrderRow[]>(text))),
    ...executedSums(executed.join('\n')),
    prices: prices === null ? undefined : remembered<Prices>(prices),
    instrument: instrument === null ? undefined : remembered<Instrument>(instrument),
    intents: parseIntents(intents),
    epoch: Number(epoch),
    dirtyEpoch: Number(dirtyEpoch),
    dirtyAtMs: Number(dirtyAtMs),
    failedUntilMs: Number(failedUntilMs),
  };
}

function toTpSl([version, state]: LaneReply): CheckRead['states']['tp-sl'] {
  return { version: Number(version ?? 0), state: state === null ? undefined : remembered<TpSlState>(state) };
}

function toLimitOrder([version, state]: LaneReply): CheckRead['states']['limit-order'] {
  return { version: Number(version ?? 0), state: state === null ? undefined : remembered<LimitOrderState>(state) };
}

function toRow<T>(reply: RowReply, parse: (text: string) => T): Row<T> {
  const [result, startMs, endMs, epoch, patched, text, vouched, atMs] = reply;
  if (result === 'missed') return { kind: 'missing' };
  if (result === 'expired') return { kind: 'expired' };

  return {
    kind: 'row',
    value: parse(text),
    startMs: Number(startMs),
    endMs: Number(endMs),
    epoch: Number(epoch),
    patched: patched === '1',
    vouched: vouched === '1',
    atMs: Math.max(Number(startMs), Number(atMs)),
    dirty: result === 'dirty',
  };
}

function inactive(nowMs: number): CheckRead {
  return {
    nowMs,
    plan: undefined,
    states: { 'tp-sl': { version: 0, state: undefined }, 'limit-order': { version: 0, state: undefined } },
    position: { kind: 'missing' },
    orders: { kind: 'missing' },
    executed: new Map(),
    executionsSeq: -1,
    prices: undefined,
    instrument: undefined,
    intents: [],
    epoch: 0,
    dirtyEpoch: 0,
    dirtyAtMs: 0,
    failedUntilMs: 0,
  };
}
