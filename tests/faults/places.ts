import { decimal, type Plan, type PositionIdx } from '@backstop/core';
import { aPlan, ladder, limitEntry, marketEntry } from '@backstop/core/testing';
import type { Random } from './random.ts';

/** A contract of the day. Prices move in hundredths of the first one: `unit`. */
export interface Contract {
  readonly symbol: string;
  readonly tickSize: string;
  readonly qtyStep: string;
  readonly price: number;
  readonly digits: number;
  readonly unit: number;
}

/** A plan, with its levels in units from where it began, positive = in its favour. */
export interface PlacedPlan {
  readonly plan: Plan;
  readonly contract: Contract;
  readonly isLong: boolean;
  /** Where the market stood, in units from the contract's first price. */
  readonly baseUnits: number;
  readonly entryUnits: readonly number[];
  readonly takeProfitUnits: readonly number[];
  readonly stopUnits: number;
}

export const CONTRACTS: readonly [Contract, Contract, Contract] = [
  { symbol: 'COINAUSDT', tickSize: '0.01', qtyStep: '0.1', price: 100, digits: 2, unit: 1 },
  { symbol: 'COINBUSDT', tickSize: '0.00001', qtyStep: '1', price: 0.5, digits: 5, unit: 0.005 },
  { symbol: 'COINCUSDT', tickSize: '0.1', qtyStep: '0.001', price: 40_000, digits: 1, unit: 400 },
];

const [COIN_A, COIN_B, COIN_C] = CONTRACTS;

/** What a day trades: seldom more than one contract, since many small days meet more than few large ones for the same time. */
export const MARKETS: readonly [readonly Contract[], ...(readonly Contract[])[]] = [
  [COIN_A],
  [COIN_A],
  [COIN_A],
  [COIN_B],
  [COIN_A, COIN_C],
];

/** Quantities in steps, so many of these and some more: plans that follow one another never enter with the same one. */
const PLANS_APART = 30;
const LEAST = 3;
const MOST = 29;

const SHARES: readonly [readonly number[], ...(readonly number[])[]] = [
  [85, 5, 5, 5],
  [40, 30, 20, 10],
  [50, 50],
  [34, 33, 33],
  [100],
];

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

interface Beginning {
  readonly account: string;
  readonly contract: Contract;
  /** In hedge mode the side follows from it. */
  readonly positionIdx: PositionIdx;
  /** Of all plans of the day; makes its id. */
  readonly number: number;
  readonly baseUnits: number;
  readonly atMs: number;
}

/** A plan as a trader might make it: some entries, a ladder, a stop, and what follows the take-profits. */
export function makePlan(random: Random, beginning: Beginning): PlacedPlan {
  const { account, contract, positionIdx, number, baseUnits, atMs } = beginning;
  const isLong = positionIdx === 0 ? random.chance(60) : positionIdx === 1;
  const at = (units: number): string => levelOf(contract, baseUnits + (isLong ? units : -units));
  const limits = random.int(0, 2);
  const entryUnits = Array.from({ length: limits }, (_, nth) => -1 - nth);
  const shares = random.pick(SHARES);
  const takeProfitUnits = shares.map((_share, nth) => 1 + nth);
  const qty = (): string => qtyOf(contract, random.int(LEAST, MOST) * PLANS_APART + (number % PLANS_APART));
  const stopUnits = -random.int(3, 5);
  const plan = aPlan({
    id: `plan${letters(number, 8)}`,
    account,
    symbol: contract.symbol,
    positionIdx,
    side: isLong ? 'Buy' : 'Sell',
    entries: [marketEntry(qty()), ...entryUnits.map((units, nth) => limitEntry(`e${nth + 1}`, qty(), at(units)))],
    takeProfits: ladder(...shares.map((share, nth): [string, number] => [at(takeProfitUnits[nth] ?? 1), share])),
    stopLoss: {
      triggerPrice: decimal(at(stopUnits)),
      triggerBy: 'LastPrice',
      ...(shares.length > 2 && random.chance(20) && { steps: { ifThrough: random.pick(['exit', 'keep'] as const) } }),
    },
    breakeven: { afterTakeProfit: 1, ifThrough: random.chance(70) ? 'exit' : 'keep' },
    cancelEntriesAfterTakeProfit: 1,
    createdAtMs: atMs,
    marketEntryDeadlineMs: atMs + 60_000,
    referencePrice: decimal(at(0)),
    priceBand: decimal((contract.unit * 2).toFixed(contract.digits)),
    ...(random.chance(10) && { timeLimit: { afterMs: 240_000, action: random.pick(['close', 'tighten'] as const) } }),
    ...(random.chance(10) && {
      trailingStop: { distance: decimal((contract.unit * 2).toFixed(contract.digits)), afterTakeProfit: 1 },
    }),
  });
  return { plan, contract, isLong, baseUnits, entryUnits, takeProfitUnits, stopUnits };
}

/** A price so many units away from the contract's first one. */
export function levelOf({ price, unit, digits }: Contract, units: number): string {
  return (price + unit * units).toFixed(digits);
}

function qtyOf({ qtyStep }: Contract, steps: number): string {
  return (Number(qtyStep) * steps).toFixed(qtyStep.split('.')[1]?.length ?? 0);
}

function letters(number: number, length: number): string {
  return Array.from({ length }, (_, place) => LETTERS[Math.floor(number / 26 ** place) % 26]).join('');
}
