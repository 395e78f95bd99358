import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimal } from '../src/engine/decimal.ts';
import type { Decimal } from '../src/engine/decimal.ts';
import { isWorking } from '../src/engine/model.ts';
import type { Order, Position } from '../src/engine/model.ts';
import { createPureEngine } from '../src/engine/pure-engine.ts';
import type { Command, PureEngine } from '../src/engine/pure-engine.ts';
import type { VenueEvent } from '../src/engine/venue.ts';
import { orderRow } from '../src/http/rows/order-row.ts';
import { accountSpec, instrumentSpec, request, SYMBOL } from './market.ts';

const START_MS = 1_700_000_000_000;
const RUNS = { numRuns: 120, seed: 4 };
const ACCOUNTS = ['main', 'other'] as const;
type Plan = { readonly waitMs: number; readonly make: (pure: PureEngine) => Command };

const tenths = (least: number, most: number): fc.Arbitrary<Decimal> =>
  fc.integer({ min: least, max: most }).map((count) => BigInt(count) * decimal('0.1'));
const price = tenths(850, 1_150);
const level = fc.oneof({ weight: 2, arbitrary: fc.constant(0n) }, price);
const qty = tenths(1, 200);
const account = fc.constantFrom(...ACCOUNTS);
const option = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
const leg = fc.constantFrom<'' | 'Market' | 'Limit'>('', '', 'Market', 'Limit');

const create = fc
  .record({
    side: fc.constantFrom('Buy', 'Sell'),
    orderType: fc.constantFrom('Market', 'Limit', 'Limit'),
    qty: fc.oneof({ weight: 9, arbitrary: qty }, fc.constant(0n)),
    price,
    timeInForce: fc.constantFrom('GTC', 'GTC', 'IOC', 'FOK', 'PostOnly'),
    reduceOnly: fc.boolean(),
    closeOnTrigger: fc.boolean(),
    triggerPrice: fc.oneof({ weight: 4, arbitrary: fc.constant(0n) }, price),
    triggerDirection: fc.constantFrom(0, 1, 2),
    stopLoss: level,
    takeProfit: level,
    tpslMode: fc.constantFrom('', 'Full', 'Partial'),
    tpOrderType: leg,
    tpLimitPrice: level,
    slippage: option(fc.constantFrom({ type: 'TickSize', tolerance: decimal('3') } as const)),
  })
  .chain((fields) =>
    account.map((name) => (): Command => ({ does: 'place', account: name, request: request(fields) })),
  );

const stop = fc
  .record({
    positionIdx: fc.constant(0 as const),
    tpslMode: fc.constantFrom('Full', 'Full', 'Partial'),
    stopLoss: option(level),
    takeProfit: option(level),
    trailingStop: option(tenths(0, 50)),
    activePrice: option(level),
    slSize: option(qty),
    tpSize: option(qty),
    slOrderType: leg,
    slLimitPrice: option(level),
  })
  .chain((fields) =>
    account.map((name) => (): Command => ({
      does: 'trading-stop',
      account: name,
      request: { symbol: SYMBOL, ...fields },
    })),
  );

const change = fc.record({
  price: option(price),
  qty: option(qty),
  stopLoss: option(level),
  triggerPrice: option(price),
});
const onOrder = fc
  .record({ name: account, pick: fc.nat(1_000), change: option(change), tooLate: fc.constantFrom(false, false, true) })
  .map((picked) => (pure: PureEngine): Command => {
    const orders = [...(pure.engine.venue.accounts.get(picked.name)?.orders.keys() ?? [])];
    const ref = { symbol: SYMBOL, orderId: orders[picked.pick % Math.max(1, orders.length)] };
    return picked.change === undefined
      ? { does: 'cancel', account: picked.name, ref, tooLate: picked.tooLate }
      : { does: 'amend', account: picked.name, ref, change: picked.change };
  });

const move = fc.tuple(price, level, level).map(([last, mark, index]) => (): Command => ({
  does: 'price',
  symbol: SYMBOL,
  prices: { last, mark: mark || last, index: index || last },
}));
const cancelAll = account.map((name) => (): Command => ({
  does: 'cancel-all',
  account: name,
  scope: { symbol: SYMBOL, orderFilter: '', onlyConditional: false },
}));
const contract = fc
  .constantFrom(
    { status: 'Trading' },
    { status: 'Trading' },
    { status: 'Delivering' },
    { maxMktOrderQty: decimal('7') },
  )
  .map((changed) => (): Command => ({ does: 'change-instrument', symbol: SYMBOL, change: changed }));

const plan: fc.Arbitrary<Plan> = fc.record({
  waitMs: fc.constantFrom(0, 0, 5, 800),
  make: fc.oneof(
    { weight: 8, arbitrary: create },
    { weight: 6, arbitrary: move },
    { weight: 4, arbitrary: stop },
    { weight: 4, arbitrary: onOrder },
    { weight: 1, arbitrary: cancelAll },
    { weight: 1, arbitrary: contract },
  ),
});
const plans = fc.array(plan, { maxLength: 60, size: 'max' });
const setting = fc.record({
  depthNotional: fc.constantFrom(0n, decimal('500')),
  triggerDelayMs: fc.constantFrom(0, 0, 700),
  attachedStop: fc.constantFrom('per-fill', 'first-fill', 'never'),
  showsTriggered: fc.boolean(),
  pairCancelType: fc.constantFrom('oco', 'clear'),
});
type Setting = typeof setting extends fc.Arbitrary<infer T> ? T : never;

function start(seed: number, options: Setting): PureEngine {
  const pure = createPureEngine({ seed, startMs: START_MS });
  Object.assign(pure.engine.venue.options, options);
  pure.apply({ does: 'add-instrument', spec: instrumentSpec, atMs: START_MS });
  for (const [index, name] of ACCOUNTS.entries()) {
    pure.apply({ does: 'add-account', spec: { ...accountSpec, name, apiKey: name, uid: index + 1 }, atMs: START_MS });
  }
  return pure;
}

/** Carries the plans out and hands the events of each to `check`. */
function runAll(pure: PureEngine, given: readonly Plan[], check: (events: readonly VenueEvent[]) => void): void {
  let atMs = START_MS;
  for (const { waitMs, make } of given) {
    atMs += waitMs;
    check(pure.apply({ ...make(pure), atMs }).events);
  }
}

const asText = (value: unknown): string =>
  JSON.stringify(value, (_key, field: unknown) => (typeof field === 'bigint' ? `${field}n` : field));

test('equal seeds and commands give the same event stream byte by byte; another seed gives other ids', () => {
  fc.assert(
    fc.property(setting, plans, (options, given) => {
      const [one, other, third] = [7, 7, 8].map((seed) => {
        const told: string[] = [];
        runAll(start(seed, options), given, (events) => void told.push(asText(events)));
        return told;
      });
      expect(one).toEqual(other);
      const hasIds = one?.some((text) => text.includes('"orderId"')) ?? false;
      expect(asText(one) !== asText(third)).toBe(hasIds);
    }),
    RUNS,
  );
});

test('who hears every event knows every order and position as a request would show them', () => {
  fc.assert(
    fc.property(setting, plans, (options, given) => {
      const pure = start(7, options);
      const orders = new Map<string, Record<string, unknown>>();
      const positions = new Map<string, Position>();
      runAll(pure, given, (events) => {
        for (const event of events) {
          if (event.type === 'order') orders.set(event.order.orderId, orderRow(event.order));
          if (event.type === 'position') positions.set(event.account, event.position);
        }
        for (const name of ACCOUNTS) {
          const actual = pure.engine.venue.accounts.get(name);
          const rows = [...(actual?.orders.values() ?? [])].map(orderRow);
          expect(rows.map(({ orderId }) => orders.get(String(orderId)))).toEqual(rows);
          const told = positions.get(name);
          expect(bare(told)).toEqual(told && bare(actual?.positions.get(`${SYMBOL}:0`)));
        }
      });
    }),
    RUNS,
  );
});

/** Without the live set of orders, which an event does not carry. */
function bare(position: Position | undefined): unknown {
  return position && { ...position, orders: undefined };
}

test('whatever an order has filled is the sum of its executions, never more than its quantity, and FOK fills whole', () => {
  fc.assert(
    fc.property(setting, plans, (options, given) => {
      const pure = start(7, options);
      const filled = new Map<string, Decimal>();
      runAll(pure, given, (events) => {
        for (const event of events) {
          if (event.type !== 'execution') continue;
          const { orderId, execQty } = event.execution;
          filled.set(orderId, (filled.get(orderId) ?? 0n) + execQty);
        }
      });
      const orders = [...pure.engine.venue.accounts.values()].flatMap((owner) => [...owner.orders.values()]);
      for (const order of orders) {
        expect(order.cumExecQty).toBe(filled.get(order.orderId) ?? 0n);
        expect(order.cumExecQty <= order.qty).toBe(true);
        expect(order.status === 'Filled').toBe(order.cumExecQty === order.qty);
      }
      const killed = orders.filter(({ timeInForce, status }) => timeInForce === 'FOK' && status === 'Cancelled');
      expect(killed.every(({ cumExecQty }) => cumExecQty === 0n)).toBe(true);
    }),
    RUNS,
  );
});

test('an order that has ended is not told of as open again, and what has filled never shrinks', () => {
  fc.assert(
    fc.property(setting, plans, (options, given) => {
      const last = new Map<string, Order>();
      runAll(start(7, options), given, (events) => {
        for (const event of events) {
          if (event.type !== 'order') continue;
          const { order } = event;
          const former = last.get(order.orderId) ?? order;
          last.set(order.orderId, order);
          const hasEnded = !isWorking(former) && former.status !== 'Triggered';
          expect(order.cumExecQty >= former.cumExecQty).toBe(true);
          expect(hasEnded ? order.status : former.status).toBe(former.status);
        }
      });
    }),
    RUNS,
  );
});

test('in Full mode a position has at most one stop, one take-profit and one trail; in Partial mode at most twenty', () => {
  fc.assert(
    fc.property(setting, plans, (options, given) => {
      const pure = start(7, options);
      runAll(pure, given, () => {
        for (const { positions } of pure.engine.venue.accounts.values()) {
          for (const { orders, side, size } of positions.values()) {
            const waiting = [...orders].filter(({ origin, status }) => origin === 'system' && status === 'Untriggered');
            const full = waiting
              .filter(({ tpslMode }) => tpslMode === 'Full')
              .map(({ stopOrderType }) => stopOrderType);
            expect(new Set(full).size).toBe(full.length);
            expect(waiting.length - full.length).toBeLessThanOrEqual(20);
            expect(waiting.every((order) => order.side !== side && order.qty <= size)).toBe(true);
          }
        }
      });
    }),
    RUNS,
  );
});
