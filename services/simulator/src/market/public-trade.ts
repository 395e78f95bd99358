import type { Decimal } from '../engine/decimal.ts';
import type { Execution, Instrument, Side } from '../engine/model.ts';
import { opposite } from '../engine/model.ts';
import { randomUuid, seededRandom, streamSeed } from '../engine/random.ts';
import type { Random } from '../engine/random.ts';

type TickDirection = 'PlusTick' | 'ZeroPlusTick' | 'MinusTick' | 'ZeroMinusTick';

const LEAST_USDT = 100;
const MOST_USDT = 10_000;

/** A trade as everybody sees it. */
export interface PublicTrade {
  /** That of its fill; others get theirs when they are shown. */
  readonly id: string | undefined;
  /** Its place on the tape. */
  readonly number: number;
  readonly symbol: string;
  /** The taker's. */
  readonly side: Side;
  readonly price: Decimal;
  readonly size: Decimal;
  readonly atMs: number;
  readonly seq: number;
  readonly direction: TickDirection;
}

/** The public side of a fill: accounts trade with a market that is not one of them, so each fill is one trade. */
export function tradeOfFill(execution: Execution, before: TradeBefore, number: number): PublicTrade {
  return {
    number,
    id: execution.execId,
    symbol: execution.symbol,
    side: execution.isMaker ? opposite(execution.side) : execution.side,
    price: execution.execPrice,
    size: execution.execQty,
    atMs: execution.atMs,
    seq: execution.seq,
    direction: directionOf(execution.execPrice, before),
  };
}

/** Somebody else's trade at the last price: what moved the market there. Size 0n = 100 to 10,000 USDT by `random`. */
export function backgroundTrade(
  instrument: Instrument,
  before: TradeBefore,
  { random, atMs, size, number }: { random: Random; atMs: number; size: Decimal; number: number },
): PublicTrade {
  const { symbol, last: price, qtyStep, seq } = instrument;
  const steps = Math.round(
    (LEAST_USDT * (MOST_USDT / LEAST_USDT) ** random()) / (Number(price) * Number(qtyStep) * 1e-36),
  );
  const direction = directionOf(price, before);
  return {
    id: undefined,
    number,
    symbol,
    side: direction === 'PlusTick' || direction === 'ZeroPlusTick' ? 'Buy' : 'Sell',
    price,
    size: size === 0n ? BigInt(Math.max(steps, 1)) * qtyStep : size,
    atMs,
    seq,
    direction,
  };
}

/** The id that everybody sees: that of the fill, or one made of the trade's place on the tape. */
export function tradeId({ id, symbol, number }: PublicTrade): string {
  return id ?? randomUuid(seededRandom(streamSeed(number, `trade:${symbol}`)), 5);
}

/** What the next trade's direction is measured against. */
export interface TradeBefore {
  readonly price: Decimal;
  readonly direction: TickDirection;
}

function directionOf(price: Decimal, before: TradeBefore): TickDirection {
  if (price > before.price) return 'PlusTick';
  if (price < before.price) return 'MinusTick';
  const wasRising = before.direction === 'PlusTick' || before.direction === 'ZeroPlusTick';
  return wasRising ? 'ZeroPlusTick' : 'ZeroMinusTick';
}
