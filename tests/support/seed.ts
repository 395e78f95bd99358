import { randomUUID } from 'node:crypto';
import { initialState, ONE, toJson } from '@backstop/core';
import type { LaneStates, OrderRow, Plan, PositionRow } from '@backstop/core';
import {
  aPlan,
  aPosition,
  aStopRow,
  aTakeProfitRow,
  anEntryRow,
  anInstrument,
  executed,
  INSTALLATION,
  prices,
} from '@backstop/core/testing';
import {
  applyExecutions,
  beginFlight,
  bucketOf,
  keepInstallation,
  landAccount,
  putInstruments,
  putPlans,
  putPrices,
  redisTimeMs,
  setAccounts,
  type Redis,
} from '@backstop/store';

/** A state of the world as the store would hold it: one plan, what executed, and what the exchange lists. */
export interface World {
  /** 100 unless it says otherwise. */
  readonly price?: string;
  readonly plan?: Partial<Plan>;
  /** Base coin by who executed it. */
  readonly executed?: Readonly<Record<string, string>>;
  readonly tpSl?: Partial<LaneStates['tp-sl']>;
  readonly limitOrder?: Partial<LaneStates['limit-order']>;
  /** undefined = they were never read. */
  readonly listed?: { readonly positions: readonly PositionRow[]; readonly orders: readonly OrderRow[] } | undefined;
}

/** A long of 100 from 100 with its stop at 90, its ladder of 85/5/5/5 and an entry resting at 95: all as it should be. */
export const PROTECTED = {
  position: aPosition(),
  stop: aStopRow(),
  ladder: [
    aTakeProfitRow('t1', '85', '110'),
    aTakeProfitRow('t2', '5', '115'),
    aTakeProfitRow('t3', '5', '120'),
    aTakeProfitRow('t4', '5', '125'),
  ],
  entry: anEntryRow('e1', '100', '95'),
} as const;

/** What there is to know before any plan: accounts, letters, trading rules and a price of 100. */
export async function seedMarket(redis: Redis, accounts: readonly string[] = ['main']): Promise<void> {
  await setAccounts(redis, accounts);
  await keepInstallation(redis, INSTALLATION);
  for (const account of accounts) {
    await putInstruments(redis, bucketOf(account), new Map([['ALICEUSDT', anInstrument()]]));
    await seedPrice(redis, account, '100');
  }
}

async function seedPrice(redis: Redis, account: string, price: string): Promise<void> {
  const atMs = await redisTimeMs(redis);
  await putPrices(redis, bucketOf(account), new Map([['ALICEUSDT', prices(price, atMs)]]));
}

/** Writes a world with the store's own verbs: the protected one, with what is said otherwise. */
export async function seedWorld(redis: Redis, world: World = {}): Promise<Plan> {
  const nowMs = await redisTimeMs(redis);
  if (world.price !== undefined) await seedPrice(redis, world.plan?.account ?? 'main', world.price);
  const plan = aPlan({ createdAtMs: nowMs, marketEntryDeadlineMs: nowMs + 30_000, ...world.plan });
  const sums = executed(world.executed ?? { e0: '100' });
  const seen = Object.fromEntries(sums);
  const states = {
    'tp-sl': { ...initialState('tp-sl'), stage: 'open', seen, ...world.tpSl },
    'limit-order': { ...initialState('limit-order'), ...world.limitOrder },
  } as const;
  const json = { 'tp-sl': toJson(states['tp-sl']), 'limit-order': toJson(states['limit-order']) };
  const { accepted } = await putPlans(redis, [{ plan, states: json }]);
  if (accepted.length === 0) throw new Error('the place is taken');

  const parts = [...sums].map(([by, sum]) => ({ monitorId: plan.id, by, ...sum }));
  const execution = { execId: randomUUID(), timeMs: nowMs, seq: 1, symbol: plan.symbol, parts, raw: '{}' };
  await applyExecutions(redis, plan.account, { executions: [execution], cursorMs: nowMs });
  const { position, stop, ladder, entry } = PROTECTED;
  const listed = 'listed' in world ? world.listed : { positions: [position], orders: [stop, ...ladder, entry] };
  if (listed !== undefined) await list(redis, plan.account, listed);
  return plan;
}

/** What a complete read of the account has found. */
export async function list(redis: Redis, account: string, rows: NonNullable<World['listed']>): Promise<void> {
  const flightId = randomUUID();
  const flight = await beginFlight(redis, account, 'account', { flightId, ttlMs: 5_000 });
  if (!flight.won) throw new Error('somebody else reads');
  await landAccount(redis, account, { flightId, startMs: flight.startMs, epoch: flight.epoch, ...rows });
}

/** A quantity in 1e-12 units. */
export function qty(coins: number): bigint {
  return BigInt(Math.round(coins * 10)) * (ONE / 10n);
}
