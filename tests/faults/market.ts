import { decimal } from '@backstop/core';
import type { InProcessSimulator } from '@backstop/simulator';
import { levelOf, type Contract, type PlacedPlan } from './places.ts';
import type { Random } from './random.ts';

/** Where a market goes: in a straight line from one level to the next. Levels in units from the contract's first price. */
interface Leg {
  readonly fromUnits: number;
  readonly toUnits: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Between two prices, at moments that nothing else keeps to. */
const LEAST_MS = 800;
const MOST_MS = 3_000;
const FIRST_MS = 8_000;
/** Core counts in 1e-12, the exchange in 1e-18. */
const CORE_TO_VENUE = 1_000_000n;

export interface Market {
  readonly contract: Contract;
  /** Where it stands now, in units. */
  readonly units: () => number;
}

/**
 * Moves one market through the day: it stands still until the first plans are in, then goes from level to level of a plan that
 * is on it: to take-profits, to resting entries, to the stop and back between them, sometimes at once. At `untilMs` it stops.
 */
export function openMarket(
  contract: Contract,
  { random, untilMs, plansNow }: { random: Random; untilMs: number; plansNow: () => readonly PlacedPlan[] },
  { simulator, look }: InProcessSimulator,
): Market {
  const startedMs = Date.now();
  let leg: Leg = { fromUnits: 0, toUnits: 0, fromMs: 0, toMs: FIRST_MS };
  let shown = levelOf(contract, 0);
  const chance = random.of('moments');
  const move = (): void => {
    const nowMs = Date.now() - startedMs;
    if (nowMs >= untilMs) return;
    setTimeout(move, chance.int(LEAST_MS, MOST_MS));
    const price = levelOf(contract, unitsAt(leg, nowMs));
    if (nowMs >= leg.toMs) leg = nextLeg(random, { ...leg, toMs: nowMs }, plansNow()); // its end was seen
    if (price === shown) return;
    shown = price;
    const last = decimal(price) * CORE_TO_VENUE;
    simulator.engine.movePrice(contract.symbol, { last, mark: last, index: last });
    look();
  };
  setTimeout(move, LEAST_MS);
  return { contract, units: () => unitsAt(leg, Date.now() - startedMs) };
}

function nextLeg(random: Random, { toUnits, toMs }: Leg, plans: readonly PlacedPlan[]): Leg {
  const lengthMs = random.chance(15) ? random.int(500, 2_000) : random.int(6_000, 60_000);
  const plan = plans[random.int(0, Math.max(0, plans.length - 1))];
  const level = plan === undefined ? toUnits + random.int(-50, 50) / 100 : levelFor(random, plan);
  return { fromUnits: toUnits, toUnits: level, fromMs: toMs, toMs: toMs + lengthMs };
}

function levelFor(random: Random, plan: PlacedPlan): number {
  const { takeProfitUnits, entryUnits, stopUnits, isLong, baseUnits } = plan;
  const past = random.int(2, 40) / 100;
  const dice = random.int(1, 100);
  const nearest = random.chance(60);
  const takeProfit = takeProfitUnits[nearest ? 0 : random.int(0, takeProfitUnits.length - 1)] ?? 1;
  const entry = entryUnits[random.int(0, Math.max(0, entryUnits.length - 1))];
  const inFavour =
    dice <= 35
      ? takeProfit + past
      : dice <= 60 && entry !== undefined
        ? entry - past
        : dice <= 67
          ? stopUnits - past
          : random.int(-90, 90) / 100;
  return baseUnits + (isLong ? inFavour : -inFavour);
}

function unitsAt({ fromUnits, toUnits, fromMs, toMs }: Leg, nowMs: number): number {
  const way = Math.min(1, (nowMs - fromMs) / (toMs - fromMs));
  return fromUnits + (toUnits - fromUnits) * way;
}
