import { floorTo, max, multiply, sum } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import type { TakeProfit, TakeProfitLeg } from './model.ts';

/** One leg of the ladder and how far it has come. Base coin. */
export interface Rung extends TakeProfit {
  /** Executed over all generations of the leg. */
  readonly executed: Decimal;
  /** The part of it that belongs to the order that works now. */
  readonly executedOfWorking: Decimal;
  readonly isFilled: boolean;
}

export interface LadderRules {
  readonly qtyStep: Decimal;
  readonly minOrderQty: Decimal;
  readonly exitMinNotional: Decimal;
}

export interface Ladder {
  /** Open quantity wanted per leg; the sum is what was to be distributed. */
  readonly targets: ReadonlyMap<TakeProfitLeg, Decimal>;
  /** The leg that carries another leg's share because that one is too small for an order of its own. */
  readonly hosts: ReadonlyMap<TakeProfitLeg, TakeProfitLeg>;
}

/**
 * Distributes `size` (the open quantity) over the rungs, nearest first (S-16, S-17): each leg is entitled to its share of
 * what is open plus what take-profits have taken, floored, the last one to the remainder; what it has executed counts
 * against it, and what it executed too much is taken from farther legs. Each order's whole quantity is a multiple of the step as
 * it is now: what is left under a step, after the step became coarser, is in no leg.
 */
export function distribute(size: Decimal, rungs: readonly Rung[], rules: LadderRules): Ladder {
  const base = size + sum(rungs.map(({ executed }) => executed));
  const { targets, hosts } = merge(settleDebts(allot(base, rungs, rules.qtyStep), rungs), rungs, rules);
  return { targets: onStep(targets, rungs, rules.qtyStep), hosts };
}

/** What a leg's order cannot hold goes on to the next farther one that has something to do. */
function onStep(targets: Ladder['targets'], rungs: readonly Rung[], step: Decimal): Ladder['targets'] {
  let rest = 0n;
  const rounded = rungs.map(({ leg, executedOfWorking }) => {
    const target = targets.get(leg) ?? 0n;
    if (target === 0n) return [leg, 0n] as const;
    const open = target + rest;
    const whole = max(0n, floorTo(open + executedOfWorking, step) - executedOfWorking);
    rest = open - whole;
    return [leg, whole] as const;
  });
  return new Map(rounded);
}

function allot(base: Decimal, rungs: readonly Rung[], step: Decimal): readonly Decimal[] {
  const floored = rungs.map(({ share }) => floorTo(multiply(base, share), step));
  const nearer = floored.slice(0, -1);
  return [...nearer, base - sum(nearer)];
}

/** A leg that executed more than its share owes the difference: farther legs pay first, nearer ones the rest. */
function settleDebts(allotted: readonly Decimal[], rungs: readonly Rung[]): readonly Decimal[] {
  let debt = 0n;
  const pay = (target: Decimal): Decimal => {
    const left = target - debt;
    debt = left < 0n ? -left : 0n;
    return left < 0n ? 0n : left;
  };
  const outwards = allotted.map((qty, index) => pay(qty - (rungs[index]?.executed ?? 0n)));
  if (debt === 0n) return outwards;
  return outwards.toReversed().map(pay).toReversed();
}

function merge(targets: readonly Decimal[], rungs: readonly Rung[], rules: LadderRules): Ladder {
  const areLarge = rungs.every((rung, index) => !isTooSmall(rung, targets[index] ?? 0n, rules));
  if (areLarge)
    return { targets: new Map(rungs.map(({ leg }, index) => [leg, targets[index] ?? 0n])), hosts: new Map() };

  const legs = rungs.map((rung, index) => ({ ...rung, target: targets[index] ?? 0n }));
  const hosts = new Map<TakeProfitLeg, TakeProfitLeg>();
  const move = (from: (typeof legs)[number], to: (typeof legs)[number] | undefined): void => {
    if (to === undefined) return;
    to.target += from.target;
    from.target = 0n;
    hosts.set(from.leg, to.leg);
  };

  for (const [index, leg] of [...legs.entries()].toReversed()) {
    if (!isTooSmall(leg, leg.target, rules)) continue;
    move(
      leg,
      legs.slice(0, index).findLast(({ target, isFilled }) => target > 0n || !isFilled),
    );
  }
  for (const [index, leg] of legs.entries()) {
    if (!isTooSmall(leg, leg.target, rules)) continue;
    move(
      leg,
      legs.slice(index + 1).find(({ target }) => target > 0n),
    );
  }
  return { targets: new Map(legs.map(({ leg, target }) => [leg, target])), hosts };
}

/** Judged on the whole order: the open rest of a partly filled one may be as small as it likes. */
function isTooSmall({ executedOfWorking, price }: Rung, target: Decimal, rules: LadderRules): boolean {
  if (target === 0n) return false;
  if (target + executedOfWorking < rules.minOrderQty) return true;
  return rules.exitMinNotional > 0n && multiply(target, price) < rules.exitMinNotional;
}
