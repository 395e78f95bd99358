import { decimal, multiply } from '@backstop/core';
import type { Decimal, Entry, Plan } from '@backstop/core';
import type { PlanInput } from './plan-schema.ts';

/** What holds for a plan that does not say otherwise. */
export interface PlanDefaults {
  readonly breakevenAfterTakeProfit: number;
  readonly ifThrough: 'exit' | 'keep';
  readonly cancelEntriesAfterTakeProfit: number;
  readonly deadlineSeconds: number;
}

export const PLAN_DEFAULTS: PlanDefaults = {
  breakevenAfterTakeProfit: 1,
  ifThrough: 'exit',
  cancelEntriesAfterTakeProfit: 1,
  deadlineSeconds: 30,
};

/** Bybit's taker rate for linear contracts without a VIP level (reference C.15). */
export const TAKER_FEE_RATE: Decimal = decimal('0.00055');

export interface PlanContext {
  readonly nowMs: number;
  readonly id: string;
  readonly takerFeeRate: Decimal;
  readonly defaults: PlanDefaults;
  /** The symbol's price now; undefined = not known, and so the plan has no price band. */
  readonly price: Decimal | undefined;
}

/** The plan that a person meant: legs named in their order, defaults filled in. */
export function toPlan(input: PlanInput, context: PlanContext): Plan {
  const { account, symbol, positionIdx, side, entries, takeProfits, stopLoss } = input;
  return {
    id: context.id,
    account,
    symbol,
    positionIdx,
    side,
    entries: entries.map((entry, index): Entry => ({ ...entry, leg: `e${index + 1}` })),
    takeProfits: takeProfits.map((level, index) => ({
      leg: `t${index + 1}`,
      price: level.price,
      share: level.percent,
    })),
    stopLoss: { triggerPrice: stopLoss.triggerPrice, triggerBy: stopLoss.triggerBy ?? 'LastPrice' },
    ...transitions(input, context.defaults),
    marketEntryDeadlineMs: deadlineMs(input, context),
    ...priceBand(input, context.price),
    ...(input.entriesExpireAt === undefined ? {} : { entriesExpireAtMs: input.entriesExpireAt }),
    takerFeeRate: context.takerFeeRate,
    createdAtMs: context.nowMs,
    restoreEpoch: 0,
  };
}

function transitions(
  input: PlanInput,
  defaults: PlanDefaults,
): Pick<Plan, 'breakeven' | 'cancelEntriesAfterTakeProfit'> {
  const { breakeven, cancelEntriesAfterTakeProfit: cancelAfter = defaults.cancelEntriesAfterTakeProfit } = input;
  return {
    ...(breakeven === false
      ? {}
      : {
          breakeven: {
            afterTakeProfit: breakeven?.afterTakeProfit ?? defaults.breakevenAfterTakeProfit,
            ifThrough: breakeven?.ifThrough ?? defaults.ifThrough,
          },
        }),
    ...(cancelAfter === false ? {} : { cancelEntriesAfterTakeProfit: cancelAfter }),
  };
}

function deadlineMs({ deadline, deadlineSeconds }: PlanInput, { nowMs, defaults }: PlanContext): number {
  return deadline ?? nowMs + Math.round((deadlineSeconds ?? defaults.deadlineSeconds) * 1_000);
}

/** The price now, where the band starts, and the asked share of it; core has half the way to the stop without one (S-21). */
function priceBand(
  { priceBandPercent }: PlanInput,
  price: Decimal | undefined,
): Pick<Plan, 'priceBand' | 'referencePrice'> {
  if (price === undefined) return {};
  return {
    referencePrice: price,
    ...(priceBandPercent === undefined ? {} : { priceBand: multiply(price, priceBandPercent) }),
  };
}
