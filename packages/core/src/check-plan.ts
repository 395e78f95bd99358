import { format, multiply, ONE, sum } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import { distribute } from './ladder.ts';
import { isThrough } from './level.ts';
import type { Entry, Instrument, Plan, Side } from './model.ts';

/** One thing that is wrong with an input, and where. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

/** Faults of one plan by itself; `instrument` undefined = the exchange does not list the symbol. */
export function checkPlan(
  plan: Plan,
  path: string,
  instrument: Instrument | undefined,
  nowMs: number,
): readonly Fault[] {
  const unlisted = { path: `${path}.symbol`, message: `unknown symbol ${plan.symbol}` };
  return [
    ...checkDeadlines(plan, path, nowMs),
    ...checkShape(plan, path),
    ...checkNumbers(plan, path),
    ...checkTakeProfits(plan, path),
    ...checkStop(plan, path),
    ...checkTrailing(plan, path),
    ...checkTimeLimit(plan, path),
    ...(instrument === undefined ? [unlisted] : checkAgainst(plan, path, instrument)),
  ];
}

function checkDeadlines(plan: Plan, path: string, nowMs: number): readonly Fault[] {
  const faults: Fault[] = [];
  if (plan.entries.some(({ type }) => type === 'Market') && plan.marketEntryDeadlineMs <= nowMs) {
    faults.push({ path: `${path}.marketEntryDeadlineMs`, message: 'is past' });
  }
  if (plan.entriesExpireAtMs !== undefined && plan.entriesExpireAtMs <= nowMs) {
    faults.push({ path: `${path}.entriesExpireAtMs`, message: 'is past' });
  }
  return faults;
}

function checkShape({ entries, takeProfits, adopted }: Plan, path: string): readonly Fault[] {
  const faults: Fault[] = [];
  const markets = entries.filter(({ type }) => type === 'Market').length;
  if (entries.length === 0 && adopted === undefined)
    faults.push({ path: `${path}.entries`, message: 'must not be empty' });
  if (markets > 1)
    faults.push({ path: `${path}.entries`, message: `has ${markets} market entries, at most one is allowed` });
  if (takeProfits.length === 0 && adopted === undefined)
    faults.push({ path: `${path}.takeProfits`, message: 'must not be empty' });

  return faults;
}

/** Take-profits that something waits for exist. */
function checkNumbers(plan: Plan, path: string): readonly Fault[] {
  const { breakeven, cancelEntriesAfterTakeProfit, trailingStop, takeProfits } = plan;
  const numbered = [
    [`${path}.breakeven.afterTakeProfit`, breakeven?.afterTakeProfit],
    [`${path}.cancelEntriesAfterTakeProfit`, cancelEntriesAfterTakeProfit],
    [`${path}.trailingStop.afterTakeProfit`, trailingStop?.afterTakeProfit],
  ] as const;
  return numbered.flatMap(([where, number]) => {
    const exists = number === undefined || (number >= 1 && number <= takeProfits.length && Number.isInteger(number));
    return exists ? [] : [{ path: where, message: `there is no take-profit ${number}` }];
  });
}

function checkTakeProfits(plan: Plan, path: string): readonly Fault[] {
  const { takeProfits, side } = plan;
  const faults: Fault[] = [];
  const total = sum(takeProfits.map(({ share }) => share));
  if (takeProfits.length > 0 && total !== ONE) {
    const percent = format(total * 100n);
    faults.push({ path: `${path}.takeProfits`, message: `shares sum to ${percent} %, not to exactly 100 %` });
  }
  for (const [index, { price, share }] of takeProfits.entries()) {
    const where = `${path}.takeProfits[${index}]`;
    const nearer = takeProfits[index - 1];
    if (share <= 0n) faults.push({ path: `${where}.share`, message: 'must be above 0' });
    if (entryPrices(plan).some((entry) => !isBeyond(side, price, entry))) {
      faults.push({ path: `${where}.price`, message: 'must be on the profit side of every entry and of the market' });
    }
    if (nearer !== undefined && !isBeyond(side, price, nearer.price)) {
      faults.push({ path: `${where}.price`, message: 'must be further away than the take-profit before it' });
    }
  }
  return faults;
}

function checkStop(plan: Plan, path: string): readonly Fault[] {
  const { triggerPrice } = plan.stopLoss;
  const isWrong = entryPrices(plan).some((entry) => isThrough(plan.side, triggerPrice, entry));
  if (!isWrong) return [];
  const message = 'must be on the loss side of every entry and of the market';
  return [{ path: `${path}.stopLoss.triggerPrice`, message }];
}

/** A distance that no price of the plan leaves room for would put the trail at or under zero. */
function checkTrailing(plan: Plan, path: string): readonly Fault[] {
  const { trailingStop, side } = plan;
  if (trailingStop === undefined) return [];
  const { distance, activePrice } = trailingStop;
  const faults: Fault[] = [];
  if (entryPrices(plan).some((price) => distance >= price)) {
    faults.push({ path: `${path}.trailingStop.distance`, message: 'must be less than every entry price' });
  }
  if (activePrice !== undefined && entryPrices(plan).some((price) => !isBeyond(side, activePrice, price))) {
    const message = 'must be on the profit side of every entry and of the market';
    faults.push({ path: `${path}.trailingStop.activePrice`, message });
  }
  return faults;
}

function entryPrices({ entries, referencePrice }: Plan): readonly Decimal[] {
  const limits = entries.flatMap((entry) => (entry.type === 'Limit' ? [entry.price] : []));
  return referencePrice === undefined ? limits : [...limits, referencePrice];
}

function isBeyond(side: Side, price: Decimal, than: Decimal): boolean {
  return side === 'Buy' ? price > than : price < than;
}

function checkAgainst(plan: Plan, path: string, instrument: Instrument): readonly Fault[] {
  const prices: readonly (readonly [string, Decimal])[] = [
    [`${path}.stopLoss.triggerPrice`, plan.stopLoss.triggerPrice],
    ...trailingPrices(plan, path),
    ...plan.takeProfits.map(({ price }, index) => [`${path}.takeProfits[${index}].price`, price] as const),
    ...plan.entries.flatMap((entry, index) =>
      entry.type === 'Limit' ? [[`${path}.entries[${index}].price`, entry.price] as const] : [],
    ),
  ];

  return [
    ...checkStatus(instrument, path),
    ...prices.flatMap(([where, price]) => checkPrice(where, price, instrument)),
    ...plan.entries.flatMap((entry, index) => checkEntry(entry, `${path}.entries[${index}]`, plan, instrument)),
    ...checkLadder(plan, path, instrument),
  ];
}

function checkTimeLimit({ timeLimit }: Plan, path: string): readonly Fault[] {
  if (timeLimit === undefined || timeLimit.afterMs > 0) return [];
  return [{ path: `${path}.timeLimit.afterMs`, message: 'must be above 0' }];
}

function trailingPrices({ trailingStop }: Plan, path: string): readonly (readonly [string, Decimal])[] {
  if (trailingStop === undefined) return [];
  const { distance, activePrice } = trailingStop;
  const prices = [[`${path}.trailingStop.distance`, distance] as const];
  return activePrice === undefined ? prices : [...prices, [`${path}.trailingStop.activePrice`, activePrice]];
}

function checkStatus({ symbol, status, deliveryTimeMs }: Instrument, path: string): readonly Fault[] {
  if (deliveryTimeMs > 0) return [{ path: `${path}.symbol`, message: `${symbol} is being delisted` }];
  return status === 'Trading' ? [] : [{ path: `${path}.symbol`, message: `${symbol} is not trading: ${status}` }];
}

function checkPrice(path: string, price: Decimal, { tickSize }: Instrument): readonly Fault[] {
  if (price <= 0n) return [{ path, message: 'must be above 0' }];
  if (price % tickSize === 0n) return [];
  return [{ path, message: `${format(price)} is not a multiple of the tick size ${format(tickSize)}` }];
}

function checkEntry(entry: Entry, path: string, plan: Plan, instrument: Instrument): readonly Fault[] {
  const { qtyStep, minOrderQty, maxOrderQty, maxMktOrderQty, minNotionalValue } = instrument;
  const { qty } = entry;
  const most = entry.type === 'Market' ? maxMktOrderQty : maxOrderQty;
  const price = entry.type === 'Limit' ? entry.price : plan.referencePrice;
  const faults: Fault[] = [];
  const fault = (message: string): unknown =>
    faults.push({ path: `${path}.qty`, message: `${format(qty)} is ${message}` });

  if (qty % qtyStep !== 0n) fault(`not a multiple of the quantity step ${format(qtyStep)}`);
  if (qty < minOrderQty || qty <= 0n) fault(`under the minimum of ${format(minOrderQty)}`);
  if (qty > most) fault(`over the maximum of ${format(most)}`);
  if (price !== undefined && multiply(qty, price) < minNotionalValue) {
    fault(`worth ${format(multiply(qty, price))}, under the minimum of ${format(minNotionalValue)}`);
  }
  return faults;
}

/** Judged on the smallest position that the plan can have to leave: its smallest entry alone. */
function checkLadder({ entries, takeProfits }: Plan, path: string, instrument: Instrument): readonly Fault[] {
  if (takeProfits.length === 0 || entries.length === 0) return [];
  const smallest = entries.map(({ qty }) => qty).reduce((least, qty) => (qty < least ? qty : least));
  const rungs = takeProfits.map((rung) => ({ ...rung, executed: 0n, executedOfWorking: 0n, isFilled: false }));
  const { targets } = distribute(smallest, rungs, { ...instrument, exitMinNotional: 0n });
  if ([...targets.values()].some((qty) => qty >= instrument.minOrderQty && qty > 0n)) return [];
  return [{ path: `${path}.takeProfits`, message: 'every leg is under the minimum order quantity' }];
}
