import { decimal, max, over, times } from '../decimal.ts';
import type { Decimal } from '../decimal.ts';

/** What the exchange asks for a position up to a value (reference C.4, E.4). */
export interface RiskTier {
  readonly id: number;
  /** USDT that the position may be worth. */
  readonly riskLimitValue: Decimal;
  readonly maxLeverage: Decimal;
  /** Shares of the position's value. */
  readonly initialRate: Decimal;
  readonly maintenanceRate: Decimal;
  /** What keeps the maintenance margin from jumping where a tier begins. */
  readonly mmDeduction: Decimal;
}

export interface TierSpec {
  readonly riskLimitValue: Decimal;
  readonly maxLeverage: Decimal;
  readonly maintenanceRate: Decimal;
}

/** Real ids and limits differ by symbol and change; these are of their kind. */
const STANDARD: readonly TierSpec[] = [
  ['200000', '100', '0.005'],
  ['1000000', '50', '0.01'],
  ['5000000', '25', '0.02'],
  ['20000000', '10', '0.05'],
  ['100000000', '5', '0.1'],
  ['1000000000', '2', '0.25'],
].map(([limit = '', leverage = '', rate = '']) => ({
  riskLimitValue: decimal(limit),
  maxLeverage: decimal(leverage),
  maintenanceRate: decimal(rate),
}));

/** Ids of one symbol follow each other; so many are kept for each. */
const IDS_PER_SYMBOL = 10;
const ONE = decimal('1');

/** A symbol's tiers with their ids, initial rates and deductions, lowest first. */
export function riskTiers(symbolId: number, specs: readonly TierSpec[] = STANDARD): readonly RiskTier[] {
  const tiers: RiskTier[] = [];
  for (const spec of specs) {
    const former = tiers.at(-1);
    const step = former === undefined ? 0n : spec.maintenanceRate - former.maintenanceRate;
    tiers.push({
      ...spec,
      id: (symbolId - 1) * IDS_PER_SYMBOL + tiers.length + 1,
      initialRate: over(ONE, spec.maxLeverage),
      mmDeduction: former === undefined ? 0n : former.mmDeduction + times(former.riskLimitValue, step),
    });
  }
  return tiers;
}

/** The tier that a position of this value is in; the highest for values beyond all. */
export function tierOf(tiers: readonly RiskTier[], value: Decimal): RiskTier {
  const tier = tiers.find(({ riskLimitValue }) => value <= riskLimitValue) ?? tiers.at(-1);
  if (tier === undefined) throw new Error('an instrument without risk tiers');
  return tier;
}

/** The most that a position may be worth at a leverage; 0n when no tier allows the leverage. */
export function largestValue(tiers: readonly RiskTier[], leverage: Decimal): Decimal {
  return tiers
    .filter(({ maxLeverage }) => leverage <= maxLeverage)
    .reduce((most, { riskLimitValue }) => max(most, riskLimitValue), 0n);
}
