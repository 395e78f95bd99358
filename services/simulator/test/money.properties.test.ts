import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimal as d, times } from '../src/engine/decimal.ts';
import type { Decimal } from '../src/engine/decimal.ts';
import type { Engine } from '../src/engine/engine.ts';
import { marginOf } from '../src/engine/money/account-margin.ts';
import { positionMargin } from '../src/engine/money/margin.ts';
import type { Account, PositionIdx } from '../src/engine/model.ts';
import type { OrderRequest } from '../src/engine/orders/order-request.ts';
import { Refusal } from '../src/engine/refusal.ts';
import { request } from './market.ts';
import { addTrader, moneyMarket } from './money-market.ts';
import type { MoneyMarket } from './money-market.ts';

const SYMBOLS = ['TESTUSDT', 'OTHERUSDT'] as const;
const RUNS = { numRuns: 120, seed: 20_260_105 };

const tenths = (least: number, most: number): fc.Arbitrary<Decimal> =>
  fc.integer({ min: least, max: most }).map((count) => BigInt(count) * d('0.1'));
const symbol = fc.constantFrom(...SYMBOLS);
const who = fc.constantFrom(0, 1);
/** In one-way mode 0 is meant. */
const positionIdx = fc.constantFrom<PositionIdx>(1, 2);
const price = tenths(700, 1_400);
const onPosition = { who, symbol, positionIdx };

const command = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      does: fc.constant('create'),
      ...onPosition,
      side: fc.constantFrom('Buy', 'Sell'),
      orderType: fc.constantFrom('Market', 'Limit'),
      qty: tenths(1, 400),
      price,
      reduceOnly: fc.constantFrom(false, false, false, true),
      stopLoss: fc.oneof({ weight: 5, arbitrary: fc.constant(0n) }, price),
    }),
  },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('close'), ...onPosition }) },
  { weight: 5, arbitrary: fc.record({ does: fc.constant('price'), symbol, last: price, mark: price }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('rate'), symbol, rate: fc.integer({ min: -40, max: 40 }) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('pass'), hours: fc.integer({ min: 1, max: 9 }) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('liquidate'), ...onPosition }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('deleverage'), ...onPosition, qty: tenths(1, 100) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('leverage'), who, symbol, times: fc.nat(60) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('mode'),
      who,
      mode: fc.constantFrom('REGULAR_MARGIN', 'ISOLATED_MARGIN', 'PORTFOLIO_MARGIN'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('margin'), ...onPosition, amount: tenths(-500, 500) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('money'), who, amount: tenths(-500, 500) }) },
);
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

const setting = fc.record({
  mode: fc.constantFrom('one-way' as const, 'hedge' as const),
  depthNotional: fc.constantFrom(0n, d('700')),
  extraFeeRate: fc.constantFrom(0n, d('0.000099')),
  makerFeeRate: fc.constantFrom(d('0.0002'), d('-0.00005')),
  liquidation: fc.constantFrom('injected' as const, 'by-margin' as const),
  takeoverDelayMs: fc.constantFrom(0, 0, 1_000),
});

interface World {
  readonly market: MoneyMarket;
  readonly accounts: readonly Account[];
}

function world({ mode, ...options }: typeof setting extends fc.Arbitrary<infer T> ? T : never): World {
  const market = moneyMarket({ mode, balance: '20000', options });
  const listed = market.engine.venue.instruments.get('TESTUSDT');
  if (listed === undefined) throw new Error('no contract');
  const { symbolId: _id, riskTiers: _tiers, ...filters } = listed;
  market.engine.addInstrument({ ...filters, symbol: 'OTHERUSDT', fundingInterval: 60, price: d('100') });
  const other = addTrader(market.engine, 'other', { mode, balance: '3000', leverage: '20' });
  return { market, accounts: [market.account, other] };
}

function run({ market, accounts }: World, given: Command): void {
  const { engine } = market;
  if (given.does === 'price') {
    engine.movePrice(given.symbol, { last: given.last, mark: given.mark, index: given.last });
  } else if (given.does === 'rate') engine.setFundingRate(given.symbol, BigInt(given.rate) * d('0.0001'));
  else if (given.does === 'pass') market.pass(given.hours * 3_600_000);
  else {
    const account = accounts[given.who] ?? market.account;
    const isOneWay = account.defaultMode === 'one-way';
    runForAccount(engine, account, 'positionIdx' in given && isOneWay ? { ...given, positionIdx: 0 } : given);
  }
}

type OfAccount = Exclude<Command, { does: 'price' | 'rate' | 'pass' }>;

function runForAccount(engine: Engine, account: Account, given: OfAccount): void {
  switch (given.does) {
    case 'create':
      engine.placeOrder(account, request(given));
      return;
    case 'close':
      engine.placeOrder(account, closing(account, given));
      return;
    case 'liquidate':
      engine.liquidate(account, given);
      return;
    case 'deleverage':
      engine.autoDeleverage(account, given);
      return;
    case 'leverage':
      engine.setLeverage(account, given.symbol, BigInt(given.times) * d('1'));
      return;
    case 'mode':
      engine.setMarginMode(account, given.mode);
      return;
    case 'margin':
      engine.addMargin(account, given, given.amount);
      return;
    case 'money':
      engine.applyDemoMoney(account, given.amount);
      return;
    default:
      given satisfies never;
  }
}

/** A market order that closes whatever is there; refused when nothing is. */
function closing(account: Account, ref: { symbol: string; positionIdx: PositionIdx }): OrderRequest {
  const position = account.positions.get(`${ref.symbol}:${ref.positionIdx}`);
  const side = position?.side === 'Sell' ? 'Buy' : 'Sell';
  return request({ ...ref, side, qty: position?.size ?? 0n, reduceOnly: true });
}

/** Runs random histories of two accounts on two contracts and checks `holds` after each command. */
function always(holds: (world: World) => void): void {
  fc.assert(
    fc.property(setting, fc.array(command, { minLength: 30, maxLength: 60 }), (chosen, commands) => {
      const made = world(chosen);
      for (const given of commands) {
        try {
          run(made, given);
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
        }
        holds(made);
      }
    }),
    RUNS,
  );
}

const total = (values: readonly Decimal[]): Decimal => values.reduce((sum, value) => sum + value, 0n);
const deposits = ({ transactions }: Account): Decimal =>
  total(transactions.filter(({ type }) => type.startsWith('TRANSFER')).map(({ change }) => change));

describe('whatever happens to the money', () => {
  test('the wallet is what was paid in, and profit less fees, tax and funding', () => {
    always(({ accounts }) => {
      for (const account of accounts) {
        const { executions, walletBalance, cumRealisedPnl } = account;
        const realised = executions.map(({ execPnl, execFee, extraFee }) => execPnl - execFee - extraFee);
        expect(walletBalance).toBe(deposits(account) + total(realised));
        expect(cumRealisedPnl).toBe(total(realised));
      }
    });
  });

  test('without an open position, that is the closed profit less tax and funding', () => {
    let flats = 0;
    always(({ accounts }) => {
      for (const account of accounts) {
        if (account.executions.length === 0) continue;
        if ([...account.positions.values()].some(({ size }) => size > 0n)) continue;
        flats += 1;
        const closed = total([...account.closedPnl.values()].map(({ closedPnl }) => closedPnl));
        const funding = account.executions.filter(({ execType }) => execType === 'Funding');
        const tax = total(account.executions.map(({ extraFee }) => extraFee));
        const paid = total(funding.map(({ execFee }) => execFee));
        expect(account.walletBalance).toBe(deposits(account) + closed - tax - paid);
      }
    });
    expect(flats).toBeGreaterThan(100);
  });

  test('the ledger adds up to the wallet, entry by entry', () => {
    always(({ accounts }) => {
      for (const { transactions, walletBalance } of accounts) {
        let balance = 0n;
        for (const { change, cashBalance } of transactions) {
          balance += change;
          expect(cashBalance).toBe(balance);
        }
        expect(balance).toBe(walletBalance);
      }
    });
  });

  test('what an open position was bought for is the sum of its entries less what was closed of them', () => {
    always(({ accounts }) => {
      for (const account of accounts) {
        for (const symbolName of SYMBOLS) {
          const opened = account.executions
            .filter(({ symbol: name, execType }) => name === symbolName && execType !== 'Funding')
            .map(({ execQty, closedSize, execPrice }) => times(execQty - closedSize, execPrice));
          const closed = [...account.closedPnl.values()].filter(({ symbol: name }) => name === symbolName);
          const held = [...account.positions.values()].filter(({ symbol: name }) => name === symbolName);
          const left = total(opened) - total(closed.map(({ cumEntryValue }) => cumEntryValue));
          expect(total(held.map(({ entryValue }) => entryValue))).toBe(left);
        }
      }
    });
  });

  test('a closing order has one record, whose sizes are those of its executions', () => {
    always(({ accounts }) => {
      for (const { executions, closedPnl } of accounts) {
        for (const record of closedPnl.values()) {
          const own = executions.filter(({ orderId, closedSize }) => orderId === record.orderId && closedSize > 0n);
          expect(record.closedSize).toBe(total(own.map(({ closedSize }) => closedSize)));
          expect(record.fillCount).toBe(own.length);
          expect(record.cumExitValue).toBe(total(own.map((one) => times(one.closedSize, one.execPrice))));
        }
      }
    });
  });

  test('margins are never negative, and flat accounts without orders have none', () => {
    always(({ market, accounts }) => {
      const { venue } = market.engine;
      for (const account of accounts) {
        const margin = marginOf(venue, account);
        expect([margin.positionMargin, margin.maintenance, margin.orderMargin].every((one) => one >= 0n)).toBe(true);
        const open = [...account.positions.values()].filter(({ size }) => size > 0n);
        for (const position of open) {
          const { initial, maintenance, tier } = positionMargin(venue, account, position);
          expect(maintenance > 0n && initial > 0n && tier.maintenanceRate < tier.initialRate).toBe(true);
        }
        const isFlat = open.length === 0;
        expect(isFlat).toBe(margin.positionMargin === 0n && margin.maintenance === 0n);
      }
    });
  });

  test('margins that were kept are what they would be anew', () => {
    always(({ market, accounts }) => {
      const { venue } = market.engine;
      for (const account of accounts) {
        const kept = marginOf(venue, account);
        for (const position of account.positions.values()) venue.margins.delete(position);
        expect(marginOf(venue, account)).toEqual(kept);
      }
    });
  });

  test('flat positions keep no margin, no funding and no takeover', () => {
    always(({ market, accounts }) => {
      const open = accounts.flatMap(({ positions }) => [...positions.values()].filter(({ size }) => size > 0n));
      const known = [...market.engine.venue.openPositions.values()].flatMap((positions) => [...positions]);
      expect(new Set(known)).toEqual(new Set(open));
      for (const position of accounts.flatMap(({ positions }) => [...positions.values()])) {
        if (position.size > 0n) continue;
        expect(position).toMatchObject({ addedMargin: 0n, entryValue: 0n, openFees: 0n, status: 'Normal' });
      }
    });
  });
});
