import type { PositionIdx } from '@backstop/core';
import { acceptPlans, bucketOf, getInstruments, listActive, type Redis } from '@backstop/store';
import type { TwinQueues } from '@backstop/store/testing';
import type { Market } from './market.ts';
import { makePlan, type PlacedPlan } from './places.ts';
import type { Random } from './random.ts';

const LOOK_EVERY_MS = 7_000;

/** Hands plans over as a trader would: one on every place at the beginning, and another one some time after it is free again. */
export interface Trader {
  /** Every plan that was accepted, in its order. */
  readonly plans: readonly PlacedPlan[];
  /** The newest plan of each account on a symbol. */
  readonly plansOn: (symbol: string) => readonly PlacedPlan[];
}

interface Desk {
  readonly random: Random;
  readonly redis: Redis;
  readonly queues: TwinQueues;
  readonly accounts: readonly string[];
  readonly isHedged: boolean;
  readonly markets: () => readonly Market[];
  readonly untilMs: number;
}

export function openTrader({ random, redis, queues, accounts, isHedged, markets, untilMs }: Desk): Trader {
  const idxs = isHedged ? ([1, 2] as const) : ([0] as const);
  const plans: PlacedPlan[] = [];
  let number = 0;
  const startedMs = Date.now();
  const door = queues.queues();
  const plansOn = (symbol: string): readonly PlacedPlan[] =>
    accounts.flatMap(
      (account) => plans.findLast(({ plan }) => plan.account === account && plan.symbol === symbol) ?? [],
    );
  const offer = async (account: string, market: Market, positionIdx: PositionIdx): Promise<void> => {
    // As the gateway: trading rules come back last after a loss, so that no new plan takes the place of one that does.
    if ((await getInstruments(redis, bucketOf(''))).size === 0) return;
    const { contract } = market;
    const baseUnits = Math.round(market.units() * 100) / 100;
    const placed = makePlan(random, { account, contract, positionIdx, baseUnits, number, atMs: Date.now() });
    number += 1;
    const { accepted } = await acceptPlans(redis, door, [placed.plan]);
    if (accepted.length > 0) plans.push(placed);
  };
  const look = async (): Promise<void> => {
    if (Date.now() - startedMs > untilMs) return;
    for (const account of accounts) {
      const taken = new Set(
        (await listActive(redis, account)).map(({ symbol, positionIdx }) => `${symbol}:${positionIdx}`),
      );
      for (const market of markets()) {
        for (const idx of idxs) {
          if (!taken.has(`${market.contract.symbol}:${idx}`) && random.chance(30)) await offer(account, market, idx);
        }
      }
    }
    setTimeout(() => void look(), LOOK_EVERY_MS);
  };
  setTimeout(() => {
    for (const account of accounts)
      for (const market of markets()) for (const idx of idxs) void offer(account, market, idx);
    setTimeout(() => void look(), LOOK_EVERY_MS);
  }, 1_000);
  return { plans, plansOn };
}
