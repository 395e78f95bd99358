import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimal, times } from '../src/engine/decimal.ts';
import type { Decimal } from '../src/engine/decimal.ts';
import { marginOf } from '../src/engine/money/account-margin.ts';
import { isActive, isWorking, leavesOf } from '../src/engine/model.ts';
import type { Order, Position, PositionMode } from '../src/engine/model.ts';
import { Refusal } from '../src/engine/refusal.ts';
import type { Venue } from '../src/engine/venue.ts';
import { market, request, SYMBOL } from './market.ts';
import type { Market } from './market.ts';

const RUNS = { numRuns: 120, seed: 4 };
const TENTH = decimal('0.1');

const tenths = (least: number, most: number): fc.Arbitrary<Decimal> =>
  fc.integer({ min: least, max: most }).map((count) => BigInt(count) * TENTH);
const price = tenths(850, 1_150);
const level = fc.oneof({ weight: 2, arbitrary: fc.constant(0n) }, price);
const qty = fc.oneof({ weight: 9, arbitrary: tenths(1, 200) }, fc.constant(0n));
const source = fc.constantFrom('LastPrice', 'MarkPrice', 'IndexPrice');
const pick = fc.nat(1_000);

const create = fc.record({
  side: fc.constantFrom('Buy', 'Sell'),
  orderType: fc.constantFrom('Market', 'Limit', 'Limit'),
  qty,
  price,
  timeInForce: fc.constantFrom('GTC', 'GTC', 'GTC', 'IOC', 'FOK', 'PostOnly'),
  positionIdx: fc.constantFrom(0, 1, 2),
  orderLinkId: fc.constantFrom('', '', '', 'a', 'b', 'c'),
  reduceOnly: fc.boolean(),
  closeOnTrigger: fc.boolean(),
  triggerPrice: fc.oneof({ weight: 5, arbitrary: fc.constant(0n) }, price),
  triggerDirection: fc.constantFrom(0, 1, 2),
  triggerBy: source,
  stopLoss: level,
  takeProfit: level,
  slTriggerBy: source,
});
const option = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });

const command = fc.oneof(
  { weight: 6, arbitrary: create.map((fields) => ({ does: 'create', fields }) as const) },
  { weight: 4, arbitrary: fc.tuple(price, level, level).map((prices) => ({ does: 'price', prices }) as const) },
  {
    weight: 3,
    arbitrary: fc
      .record({ pick, qty: option(qty), price: option(price), stopLoss: option(level), triggerPrice: option(price) })
      .map((fields) => ({ does: 'amend', ...fields }) as const),
  },
  { weight: 2, arbitrary: pick.map((index) => ({ does: 'cancel', pick: index }) as const) },
  {
    weight: 4,
    arbitrary: fc
      .record({
        positionIdx: fc.constantFrom(0, 1, 2),
        tpslMode: fc.constantFrom('Full', 'Full', 'Full', 'Partial'),
        stopLoss: option(level),
        takeProfit: option(level),
        trailingStop: option(tenths(0, 50)),
        activePrice: option(level),
        slTriggerBy: option(source),
        slSize: option(qty),
        tpSize: option(qty),
      })
      .map((fields) => ({ does: 'stop', fields }) as const),
  },
  { weight: 1, arbitrary: fc.constant({ does: 'cancel-all' } as const) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 5_000 }).map((ms) => ({ does: 'pass', ms }) as const) },
);
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

const setting = fc.record({
  mode: fc.constantFrom<PositionMode>('one-way', 'hedge'),
  depthNotional: fc.constantFrom(0n, 0n, decimal('500')),
  attachedStop: fc.constantFrom('per-fill', 'first-fill', 'never'),
  trimFirst: fc.constantFrom('worst-price', 'newest', 'oldest'),
  triggerDelayMs: fc.constantFrom(0, 0, 700),
});

/** Carries out a command; a refusal is an answer like any other. */
function run(venue: Market, given: Command): void {
  const { engine, account } = venue;
  const orders = [...account.orders.values()];
  const refOf = (index: number): { symbol: string; orderId: string } => ({
    symbol: SYMBOL,
    orderId: orders[index % Math.max(1, orders.length)]?.orderId ?? 'none',
  });
  switch (given.does) {
    case 'create': {
      const positionIdx = given.fields.positionIdx;
      engine.placeOrder(account, request({ ...given.fields, positionIdx }));
      return;
    }
    case 'price': {
      const [last, mark, index] = given.prices;
      engine.movePrice(SYMBOL, { last, mark: mark || last, index: index || last });
      return;
    }
    case 'amend':
      engine.amendOrder(account, refOf(given.pick), given);
      return;
    case 'cancel':
      engine.cancelOrder(account, refOf(given.pick));
      return;
    case 'stop':
      engine.setTradingStop(account, { symbol: SYMBOL, ...given.fields });
      return;
    case 'cancel-all':
      engine.cancelAllOrders(account, { symbol: SYMBOL, orderFilter: '', onlyConditional: false });
      return;
    case 'pass':
      venue.pass(given.ms);
      return;
    default:
      given satisfies never;
  }
}

function attempt(venue: Market, given: Command): void {
  try {
    run(venue, given);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

/** Runs random histories and checks `holds` after each command. */
function always(holds: (venue: Market) => void): void {
  fc.assert(
    fc.property(setting, fc.array(command, { maxLength: 60, size: 'max' }), ({ mode, ...options }, commands) => {
      const venue = market({ mode });
      Object.assign(venue.engine.venue.options, options);
      for (const given of commands) {
        attempt(venue, given);
        holds(venue);
      }
    }),
    RUNS,
  );
}

const positionsOf = ({ account }: Market): readonly Position[] => [...account.positions.values()];
const signed = (side: string, size: Decimal): Decimal => (side === 'Sell' ? -size : size);
const shape = ({ positionIdx, side, size }: Pick<Position, 'positionIdx' | 'side' | 'size'>): string =>
  `${positionIdx} ${side} ${size}`;
const total = (values: readonly Decimal[]): Decimal => values.reduce((sum, value) => sum + value, 0n);

describe('whatever is sent, in any order', () => {
  test('each position is the sum of its executions', () => {
    always((venue) => {
      for (const position of positionsOf(venue)) {
        const executed = venue.account.executions
          .filter(({ positionIdx }) => positionIdx === position.positionIdx)
          .map(({ side, execQty }) => signed(side, execQty));
        expect(signed(position.side, position.size)).toBe(total(executed));
      }
    });
  });

  test('the wallet is what was sold less what was bought less fees, with open positions at their entry', () => {
    always((venue) => {
      const { account } = venue;
      const cash = account.executions.map(({ side, execValue, execFee }) => signed(side, -execValue) - execFee);
      const entries = positionsOf(venue).map(({ side, entryValue }) => signed(side, entryValue));
      expect(account.walletBalance).toBe(account.startBalance + total(cash) + total(entries));
      expect(account.cumRealisedPnl).toBe(account.walletBalance - account.startBalance);
    });
  });

  test('a reduce-only order only closes, and hedge positions keep to their side', () => {
    always(({ account }) => {
      const reducing = account.executions.filter(({ orderId }) => account.orders.get(orderId)?.reduceOnly);
      for (const { closedSize, execQty } of reducing) expect(closedSize).toBe(execQty);
      expect(account.positions.get(`${SYMBOL}:1`)?.side).not.toBe('Sell');
      expect(account.positions.get(`${SYMBOL}:2`)?.side).not.toBe('Buy');
    });
  });

  test('a stop that is set covers the whole size on the right side; a flat position has none', () => {
    always((venue) => {
      for (const position of positionsOf(venue)) {
        for (const stop of [position.stopLoss, position.takeProfit, position.trailing?.order]) {
          if (stop === undefined) continue;
          expect(stop).toMatchObject({ status: 'Untriggered', qty: position.size, reduceOnly: true });
          expect(stop.side).not.toBe(position.side);
        }
        const own = (order: Order): boolean => order.positionIdx === position.positionIdx && order.origin === 'system';
        const stops = [...venue.account.open].filter((order) => own(order) && order.status === 'Untriggered');
        expect(stops.every((stop) => stop.qty > 0n && stop.qty <= position.size)).toBe(true);
      }
    });
  });

  test('resting reduce-only orders fit the position they close', () => {
    always((venue) => {
      for (const position of positionsOf(venue)) {
        const resting = [...venue.account.open].filter(
          (order) => order.reduceOnly && isActive(order) && order.positionIdx === position.positionIdx,
        );
        expect(total(resting.map(leavesOf)) <= position.size).toBe(true);
        expect(resting.every(({ side }) => position.side !== '' && side !== position.side)).toBe(true);
      }
    });
  });

  test('the books hold exactly the orders that work', () => {
    always(({ engine, account }) => {
      const working = [...account.orders.values()].filter(isWorking);
      expect(new Set(engine.venue.working.get(SYMBOL))).toEqual(new Set(working));
      expect([...account.open].filter(isWorking)).toHaveLength(working.length);
      expect([...account.open].every((order) => isWorking(order) || order.status === 'Triggered')).toBe(true);
      expect(working.every((order) => order.orderType === 'Limit' || order.status === 'Untriggered')).toBe(true);
    });
  });

  test('with endless depth no resting buy is left at or above the last price, and no sell below it', () => {
    always(({ engine, account }) => {
      if (engine.venue.options.depthNotional > 0n) return;
      const last = engine.venue.instruments.get(SYMBOL)?.last ?? 0n;
      for (const order of [...account.open].filter(isActive)) {
        expect(order.side === 'Buy' ? order.price < last : order.price >= last).toBe(true);
      }
    });
  });

  test('the sequence never falls, stays for the fills of one taker only, and the position carries the last or a later one', () => {
    always((venue) => {
      const { executions } = venue.account;
      for (const [index, { seq, orderId, isMaker }] of executions.entries()) {
        const former = executions[index - 1];
        const isSameTaker = former?.orderId === orderId && !isMaker;
        expect(seq).toBeGreaterThanOrEqual((former?.seq ?? 0) + (isSameTaker ? 0 : 1));
      }
      for (const position of positionsOf(venue)) {
        const last = executions.findLast(({ positionIdx }) => positionIdx === position.positionIdx);
        expect(position.seq).toBeGreaterThanOrEqual(last?.seq ?? -1);
      }
    });
  });

  test('the truth has one open epoch per open position, of the same side and size', () => {
    always((venue) => {
      const open = venue.engine.venue.truth.epochs.filter(({ closedAtMs }) => closedAtMs === undefined);
      const positions = positionsOf(venue).filter(({ size }) => size > 0n);
      expect(open.map(shape).toSorted()).toEqual(positions.map(shape).toSorted());
    });
  });

  test('what margins are kept for a position is what they would be if they were worked out anew', () => {
    always(({ engine, account }) => {
      const anew: Venue = { ...engine.venue, margins: new WeakMap() };
      expect(marginOf(engine.venue, account)).toEqual(marginOf(anew, account));
    });
  });

  test('every fee is the executed value at the maker or the taker rate', () => {
    always(({ engine, account }) => {
      const { makerFeeRate, takerFeeRate } = engine.venue.options;
      for (const { execValue, execFee, isMaker } of account.executions) {
        expect(execFee).toBe(times(execValue, isMaker ? makerFeeRate : takerFeeRate));
      }
    });
  });
});
