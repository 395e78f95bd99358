import { decimal, type OrderRow, type Plan, type PositionRow } from '@backstop/core';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { beginFlight, landAccount, putPlans, type Landing, type MonitorRef, type NewPlan } from '../src/index.ts';
import { startRedis, type TestRedis } from '../testing/index.ts';

/** A Redis of this file's own, empty before each test. */
export function useRedis(): () => Redis {
  let server: TestRedis;
  beforeAll(async () => {
    server = await startRedis();
  });
  beforeEach(async () => {
    await server.redis.flushdb();
  });
  afterAll(() => server.stop());
  return () => server.redis;
}

export const REF: MonitorRef = { account: 'main', symbol: 'BTCUSDT', positionIdx: 0, monitorId: 'aaaaaaaaaaaa' };

export function aPlan({ account, symbol, positionIdx, monitorId }: MonitorRef = REF): Plan {
  return {
    id: monitorId,
    account,
    symbol,
    positionIdx,
    side: 'Buy',
    entries: [{ leg: 'e1', type: 'Market', qty: decimal('0.01') }],
    takeProfits: [{ leg: 't1', price: decimal('70000.5'), share: decimal('1') }],
    stopLoss: { triggerPrice: decimal('60000'), triggerBy: 'LastPrice' },
    marketEntryDeadlineMs: 1_785_312_345_678,
    takerFeeRate: decimal('0.00055'),
    createdAtMs: 1_785_312_315_678,
    restoreEpoch: 0,
  };
}

export const TP_SL_STATE =
  '{"stage":"waiting","seen":{},"generations":{},"attempts":{},"conditions":{},"filledTakeProfits":[]}';
export const LIMIT_ORDER_STATE = '{"ended":{},"generations":{},"attempts":{},"conditions":{}}';

export function newPlan(ref: MonitorRef = REF): NewPlan {
  return { plan: aPlan(ref), states: { 'tp-sl': TP_SL_STATE, 'limit-order': LIMIT_ORDER_STATE } };
}

export async function accept(redis: Redis, ...refs: readonly MonitorRef[]): Promise<void> {
  const { accepted } = await putPlans(redis, refs.map(newPlan));
  if (accepted.length !== refs.length) throw new Error('a slot is taken');
}

export function aPosition(part: Partial<PositionRow> = {}): PositionRow {
  return {
    symbol: REF.symbol,
    positionIdx: REF.positionIdx,
    side: 'Buy',
    size: decimal('0.01'),
    averagePrice: decimal('65000.123456789012'),
    stopLoss: decimal('60000'),
    liqPrice: undefined,
    status: 'Normal',
    seq: 7,
    createdTimeMs: 1,
    updatedTimeMs: 2,
    ...part,
  };
}

export function anOrder(part: Partial<OrderRow> = {}): OrderRow {
  return {
    orderId: 'order-1',
    orderLinkId: 'bs-abcaaaaaaaaaaaa-t1-0-0',
    symbol: REF.symbol,
    positionIdx: REF.positionIdx,
    side: 'Sell',
    orderType: 'Limit',
    status: 'New',
    stopOrderType: '',
    price: decimal('70000.5'),
    qty: decimal('0.01'),
    leavesQty: decimal('0.01'),
    cumExecQty: 0n,
    triggerPrice: undefined,
    triggerBy: undefined,
    stopLoss: undefined,
    reduceOnly: true,
    cancelType: '',
    rejectReason: '',
    createdTimeMs: 1,
    updatedTimeMs: 2,
    ...part,
  };
}

/** Reads the whole account once: begins a flight, lands these rows. */
export async function readAccount(redis: Redis, rows: Partial<Landing> = {}, account = REF.account): Promise<void> {
  const flightId = `flight-${Math.random()}`;
  const flight = await beginFlight(redis, account, 'account', { flightId, ttlMs: 5_000 });
  if (!flight.won) throw new Error('somebody else reads');
  const { startMs, epoch } = flight;
  await landAccount(redis, account, { flightId, startMs, epoch, positions: [], orders: [], ...rows });
}

/** Lets Redis time move on by at least a millisecond. */
export async function nextMs(redis: Redis): Promise<number> {
  const first = await redisMs(redis);
  for (;;) {
    const now = await redisMs(redis);
    if (now > first) return now;
  }
}

export async function redisMs(redis: Redis): Promise<number> {
  const [seconds, micros] = await redis.time();
  return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
}
