import { ceilTo, decimal, multiply } from '@backstop/core';
import type { Decimal, Entry, Plan, TakeProfit, TrailingPolicy } from '@backstop/core';
import type { AccountPlanInput, PlanInput } from './plan-schema.ts';
import { sharesOf } from './shares-of.ts';

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
  readonly tickSize: Decimal;
}

/** The plan that a person meant: legs named in their order, defaults filled in. */
export function toPlan(input: AccountPlanInput, context: PlanContext): Plan {
  const { account, symbol, positionIdx, side, entries, takeProfits, stopLoss } = input;
  return {
    id: context.id,
    account,
    symbol,
    positionIdx,
    side,
    entries: entries.map((entry, index): Entry => ({ ...entry, leg: `e${index + 1}` })),
    takeProfits: ladderOf(takeProfits),
    stopLoss: {
      triggerPrice: stopLoss.triggerPrice,
      triggerBy: stopLoss.triggerBy ?? 'LastPrice',
      ...stepsOf(stopLoss.steps, context.defaults),
    },
    ...transitions(input, context.defaults),
    ...trailing(input, context),
    ...limitsOf(input),
    marketEntryDeadlineMs: deadlineMs(input, context),
    ...priceBand(input, context.price),
    ...(input.entriesExpireAt === undefined ? {} : { entriesExpireAtMs: input.entriesExpireAt }),
    takerFeeRate: context.takerFeeRate,
    createdAtMs: context.nowMs,
    restoreEpoch: 0,
  };
}

function ladderOf(takeProfits: PlanInput['takeProfits']): readonly TakeProfit[] {
  if (Array.isArray(takeProfits)) {
    return takeProfits.map(({ price, percent }, index) => ({ leg: `t${index + 1}`, price, share: percent }));
  }
  const { prices, distribution = 'even' } = takeProfits;
  const shares = sharesOf(distribution, prices.length);
  return prices.map((price, index) => ({ leg: `t${index + 1}`, price, share: shares[index] ?? 0n }));
}

/** Whether the stop follows the take-profits, as a plan or a template says it. */
export function stepsOf(
  asked: PlanInput['stopLoss']['steps'] = false,
  defaults: PlanDefaults,
): Pick<Plan['stopLoss'], 'steps'> {
  if (asked === false) return {};
  return { steps: { ifThrough: (asked === true ? undefined : asked.ifThrough) ?? defaults.ifThrough } };
}

/** A distance in percent is one of the price now, or of the plan's own prices where that is not known, rounded up to a tick. */
function trailing({ trailingStop, entries, stopLoss }: PlanInput, context: PlanContext): Pick<Plan, 'trailingStop'> {
  if (trailingStop === undefined || trailingStop === false) return {};
  const { distance: asked, distancePercent = 0n, activePrice, afterTakeProfit } = trailingStop;
  const limit = entries.find((entry) => entry.type === 'Limit')?.price;
  const price = context.price ?? limit ?? stopLoss.triggerPrice;
  const distance = asked ?? ceilTo(multiply(price, distancePercent), context.tickSize);
  const policy: TrailingPolicy = {
    distance,
    ...(activePrice !== undefined && { activePrice }),
    ...(afterTakeProfit !== undefined && { afterTakeProfit }),
  };
  return { trailingStop: policy };
}

/** Time limit and what becomes of changes by others, as a plan or a template says it. */
export function limitsOf({
  timeLimit,
  externalChanges,
}: Pick<PlanInput, 'timeLimit' | 'externalChanges'>): Pick<Plan, 'timeLimit' | 'externalChanges'> {
  return {
    ...(timeLimit === undefined || timeLimit === false ? {} : { timeLimit }),
    ...(externalChanges !== undefined && { externalChanges: policyOf(externalChanges) }),
  };
}

function policyOf(asked: NonNullable<PlanInput['externalChanges']>): NonNullable<Plan['externalChanges']> {
  if (typeof asked === 'string') return { policy: asked };
  const { policy, mostReassertions, withinMs } = asked;
  return {
    policy,
    ...(mostReassertions !== undefined && { mostReassertions }),
    ...(withinMs !== undefined && { withinMs }),
  };
}

function transitions(
  input: PlanInput,
  defaults: PlanDefaults,
): Pick<Plan, 'breakeven' | 'cancelEntriesAfterTakeProfit'> {
  const { cancelEntriesAfterTakeProfit: cancelAfter = defaults.cancelEntriesAfterTakeProfit } = input;
  return {
    ...breakevenOf(input.breakeven, defaults),
    ...(cancelAfter === false ? {} : { cancelEntriesAfterTakeProfit: cancelAfter }),
  };
}

/** When the stop goes to breakeven, as a plan or a template says it; what it leaves open comes from the defaults. */
export function breakevenOf(asked: PlanInput['breakeven'], defaults: PlanDefaults): Pick<Plan, 'breakeven'> {
  if (asked === false) return {};
  const { afterTakeProfit = defaults.breakevenAfterTakeProfit, ifThrough = defaults.ifThrough } = asked ?? {};
  return { breakeven: { afterTakeProfit, ifThrough } };
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
