import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkPlans, decimal, ONE, protection } from '../src/index.ts';
import type { Decimal, Entry, Instrument, Plan, Side } from '../src/index.ts';
import {
  anInstrument,
  aPlan,
  monitorOn,
  moveTo,
  openOrders,
  openVenue,
  settleDown,
  snapshotOf,
  START_MS,
  TAKER_FEE_RATE,
} from '../testing/index.ts';

interface Workload {
  readonly accounts: readonly string[];
  readonly instruments: readonly (Readonly<Record<InstrumentField, string>> & { readonly price: string })[];
  readonly plans: readonly WorkloadPlan[];
}

type InstrumentField = 'symbol' | 'tickSize' | 'qtyStep' | 'minOrderQty' | 'minNotionalValue';

interface WorkloadPlan {
  readonly account: string;
  readonly symbol: string;
  readonly side: Side;
  readonly entries: readonly { readonly type: 'Market' | 'Limit'; readonly qty: string; readonly price?: string }[];
  readonly takeProfits: readonly { readonly price: string; readonly percent: number }[];
  readonly stopLoss: { readonly triggerPrice: string };
}

const file = new URL('../../../data/workload-30.json', import.meta.url);
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a file of this repository
const workload = JSON.parse(readFileSync(file, 'utf8')) as Workload;
const instruments = new Map(workload.instruments.map((listed) => [listed.symbol, instrumentOf(listed)]));
const plans = workload.plans.map(planOf);

test('F-29 the thirty real plans are sound as they stand', () => {
  expect(plans).toHaveLength(30);
  expect(checkPlans(plans, instruments, { nowMs: START_MS, accounts: new Set(workload.accounts) })).toEqual([]);
});

test.each(plans.map((plan) => [`${plan.account} ${plan.symbol}`, plan] as const))(
  '%s: entered, scaled in, sized to the last step, and past the first take-profit at breakeven without entries',
  (_name, plan) => {
    const instrument = instruments.get(plan.symbol) ?? anInstrument();
    const venue = openVenue(instrument, plan, { price: plan.referencePrice ?? 0n });
    const monitor = monitorOn(venue);
    settleDown(monitor);

    const [, firstLimit] = plan.entries;
    if (firstLimit?.type === 'Limit') moveTo(venue, firstLimit.price);
    settleDown(monitor);
    const size = venue.position?.size ?? 0n;
    const ladder = openOrders(venue).filter(({ reduceOnly }) => reduceOnly);
    expect(ladder.reduce((total, { leavesQty }) => total + leavesQty, 0n)).toBe(size);
    expect(protection(snapshotOf(venue), plan)).toBe('protected');

    moveTo(venue, plan.takeProfits[0]?.price ?? 0n);
    settleDown(monitor);
    expect(monitor.tpSl.stage).toBe('scaled-out');
    expect(venue.position?.stopLoss).toBe(monitor.tpSl.breakeven);
    expect(openOrders(venue).filter(({ side }) => side === plan.side)).toEqual([]);
  },
);

function instrumentOf(listed: Workload['instruments'][number]): Instrument {
  const { symbol, tickSize, qtyStep, minOrderQty, minNotionalValue } = listed;
  return anInstrument({
    symbol,
    tickSize: decimal(tickSize),
    qtyStep: decimal(qtyStep),
    minOrderQty: decimal(minOrderQty),
    minNotionalValue: decimal(minNotionalValue),
    maxOrderQty: decimal('1000000000'),
    maxMktOrderQty: decimal('1000000000'),
  });
}

function planOf({ account, symbol, side, entries, takeProfits, stopLoss }: WorkloadPlan): Plan {
  return aPlan({
    account,
    symbol,
    side,
    entries: entries.map(entryOf),
    takeProfits: takeProfits.map(({ price, percent }, index) => ({
      leg: `t${index + 1}`,
      price: decimal(price),
      share: (BigInt(percent) * ONE) / 100n,
    })),
    stopLoss: { triggerPrice: decimal(stopLoss.triggerPrice), triggerBy: 'LastPrice' },
    referencePrice: priceOf(symbol),
    takerFeeRate: TAKER_FEE_RATE,
  });
}

function entryOf({ type, qty, price = '0' }: WorkloadPlan['entries'][number], index: number): Entry {
  const leg = `e${index}` as const;
  return type === 'Market' ? { leg, type, qty: decimal(qty) } : { leg, type, qty: decimal(qty), price: decimal(price) };
}

function priceOf(symbol: string): Decimal {
  return decimal(workload.instruments.find((listed) => listed.symbol === symbol)?.price ?? '0');
}
