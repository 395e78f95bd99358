import { contentId } from './content-id.ts';
import { ceilTo, divide, floorTo, max, multiply, ONE, sum } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import type { PositionRow, Prices } from './facts.ts';
import { toJson } from './json.ts';
import { isThrough, isTighter, triggerPriceOf } from './level.ts';
import type { ExternalChanges, Instrument, Plan, Side, StopPolicy, TakeProfit, TimeLimit, TriggerBy } from './model.ts';

/** What becomes of a position that no plan of ours opened (S-22, S-23). Distances are shares of the average price. */
export type Adoption =
  | { readonly mode: 'ignore' }
  | { readonly mode: 'protect-only'; readonly stopDistance: Decimal; readonly triggerBy?: TriggerBy }
  | { readonly mode: 'manage'; readonly template: AdoptionTemplate };

export interface AdoptionTemplate {
  readonly stopDistance: Decimal;
  readonly triggerBy?: TriggerBy;
  /** Nearest first; their shares sum to 1. */
  readonly takeProfits: readonly { readonly distance: Decimal; readonly share: Decimal }[];
  readonly breakeven?: Plan['breakeven'];
  readonly steps?: StopPolicy['steps'];
  readonly trailingStop?: { readonly distance: Decimal; readonly afterTakeProfit?: number };
  readonly timeLimit?: TimeLimit;
  readonly externalChanges?: ExternalChanges;
}

export interface AdoptionContext {
  readonly account: string;
  readonly instrument: Instrument;
  /** undefined = not known: then levels follow from the average price alone. */
  readonly prices: Prices | undefined;
  readonly takerFeeRate: Decimal;
  readonly nowMs: number;
  /** How many plans have kept this very position under this policy and are over: each has an id of its own. Absent = none. */
  readonly earlier?: number;
}

/**
 * The plan under which a position that was found is kept from now on; undefined = it is left alone: by policy, or because it is
 * flat or being liquidated. Its id follows from account, position epoch and policy, so that several who find the same position
 * make the same plan. Adopting trades nothing: a stop that stands is not loosened, and take-profits that the market has passed
 * are left out, their shares going to the others.
 */
export function adopt(position: PositionRow, adoption: Adoption, context: AdoptionContext): Plan | undefined {
  const { side, size, status } = position;
  if (adoption.mode === 'ignore' || side === undefined || size === 0n || status !== 'Normal') return undefined;
  const found: Found = { ...context, position, side };
  const policy = adoption.mode === 'manage' ? adoption.template : { ...adoption, takeProfits: [] };
  const triggerPrice = stopOf(policy, adoption.mode, found);
  if (triggerPrice <= 0n) return undefined;

  const takeProfits = ladderOf(policy, found);
  return {
    id: idOf(found, adoption),
    account: context.account,
    symbol: position.symbol,
    positionIdx: position.positionIdx,
    side,
    entries: [],
    adopted: { qty: size, averagePrice: position.averagePrice, seq: position.seq },
    takeProfits,
    stopLoss: {
      triggerPrice,
      triggerBy: policy.triggerBy ?? 'LastPrice',
      ...(policy.steps !== undefined && { steps: policy.steps }),
    },
    ...transitionsOf(policy, takeProfits.length, found),
    marketEntryDeadlineMs: context.nowMs,
    ...(context.prices !== undefined && { referencePrice: context.prices.last }),
    takerFeeRate: context.takerFeeRate,
    createdAtMs: context.nowMs,
    restoreEpoch: 0,
  };
}

interface Found extends AdoptionContext {
  readonly position: PositionRow;
  readonly side: Side;
}

function idOf({ account, position, side, earlier = 0 }: Found, adoption: Adoption): string {
  const what = [account, position.symbol, position.positionIdx, side, epochOf(position), adoption];
  return contentId(toJson(earlier === 0 ? what : [...what, earlier]));
}

/** The opening time names the epoch; without it the first trade on the symbol and the average price stand in. */
function epochOf({ openTimeMs, createdTimeMs, averagePrice }: PositionRow): string {
  return openTimeMs === undefined ? toJson([createdTimeMs, averagePrice]) : String(openTimeMs);
}

/**
 * A stop that stands is kept; only a template may tighten it. A new one is measured from the average price, or, where the market
 * is through that already, from the price: adopting a position must not close it.
 */
function stopOf(policy: AdoptionTemplate, mode: Adoption['mode'], { position, ...found }: Found): Decimal {
  const { prices, side } = found;
  const standing = position.stopLoss;
  if (standing !== undefined && mode === 'protect-only') return standing;

  const fromAverage = lossLevel(position.averagePrice, policy.stopDistance, found);
  const price = prices && triggerPriceOf(prices, policy.triggerBy ?? 'LastPrice');
  const isPassed = price !== undefined && isThrough(side, fromAverage, price);
  const level = isPassed ? lossLevel(price, policy.stopDistance, found) : fromAverage;
  return standing !== undefined && isTighter(side, standing, level) ? standing : level;
}

/** Rounded away from loss, and at least a tick from where it is measured. */
function lossLevel(
  from: Decimal,
  distance: Decimal,
  { side, instrument }: Pick<Found, 'side' | 'instrument'>,
): Decimal {
  const { tickSize } = instrument;
  const away = max(floorTo(multiply(from, distance), tickSize), tickSize);
  return side === 'Buy' ? ceilTo(from, tickSize) - away : floorTo(from, tickSize) + away;
}

function ladderOf(
  { takeProfits }: AdoptionTemplate,
  { position, side, instrument, prices }: Found,
): readonly TakeProfit[] {
  const { averagePrice } = position;
  const levels = takeProfits.map(({ distance, share }) => {
    const away = multiply(averagePrice, distance);
    const price =
      side === 'Buy'
        ? ceilTo(averagePrice + away, instrument.tickSize)
        : floorTo(averagePrice - away, instrument.tickSize);
    return { price, share };
  });
  const ahead = levels.filter(({ price }) => price > 0n && !isBehind(side, price, prices));
  return renumbered(withoutTwins(ahead));
}

/** Whether the market has come to a take-profit already. */
function isBehind(side: Side, price: Decimal, prices: Prices | undefined): boolean {
  return prices !== undefined && !isTighter(side, price, prices.last);
}

type Level = Pick<TakeProfit, 'price' | 'share'>;

/** Levels that fall on one tick are one. */
function withoutTwins(levels: readonly Level[]): readonly Level[] {
  const shares = new Map<Decimal, Decimal>();
  for (const { price, share } of levels) shares.set(price, (shares.get(price) ?? 0n) + share);
  return [...shares].map(([price, share]) => ({ price, share }));
}

/** Shares of what is left, which sum to exactly 1: the last one takes what does not divide. */
function renumbered(levels: readonly Level[]): readonly TakeProfit[] {
  const whole = sum(levels.map(({ share }) => share));
  const shares = levels.map(({ share }) => divide(share, whole));
  const rest = ONE - sum(shares);
  return levels.map(({ price }, index) => {
    const share = (shares[index] ?? 0n) + (index === levels.length - 1 ? rest : 0n);
    return { leg: `t${index + 1}`, price, share };
  });
}

/** What waits for a take-profit that is not there does not wait. */
function transitionsOf(
  { breakeven, trailingStop, timeLimit, externalChanges }: AdoptionTemplate,
  legs: number,
  { position, instrument }: Found,
): Pick<Plan, 'breakeven' | 'trailingStop' | 'timeLimit' | 'externalChanges'> {
  const exists = (number = 0): boolean => number <= legs;
  return {
    ...(breakeven !== undefined && exists(breakeven.afterTakeProfit) && { breakeven }),
    ...(trailingStop !== undefined &&
      exists(trailingStop.afterTakeProfit) && {
        trailingStop: {
          ...trailingStop,
          distance: ceilTo(multiply(position.averagePrice, trailingStop.distance), instrument.tickSize),
        },
      }),
    ...(timeLimit !== undefined && { timeLimit }),
    ...(externalChanges !== undefined && { externalChanges }),
  };
}
