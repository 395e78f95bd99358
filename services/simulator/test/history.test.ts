import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimal } from '../src/engine/decimal.ts';
import type { Engine } from '../src/engine/engine.ts';
import type { Account } from '../src/engine/model.ts';
import { Refusal } from '../src/engine/refusal.ts';
import { accountCopy } from '../src/sim/account-copy.ts';
import { createHistory } from '../src/sim/history.ts';
import { market, SYMBOL } from './market.ts';
import type { Market } from './market.ts';

const LAGS_MS = [300, 1_000, 40] as const;

/**
 * What a read may show of an account, lists in their order. A row that nothing has happened to counts as none; settings
 * that no event tells of come with the next change.
 */
function shown(account: Account): unknown {
  const { orders, orderIds, open, byLinkId, positions, closedPnl, closedPnlIds, ...rest } = account;
  return {
    ...rest,
    leverages: undefined,
    orders: [...orders],
    orderIds,
    open: new Set([...open].map((order) => order.orderId)),
    byLinkId,
    positions: new Map([...positions].filter(([, { seq }]) => seq !== -1)),
    closedPnl: [...closedPnl],
    closedPnlIds,
  };
}

const tenth = (least: number, most: number): fc.Arbitrary<string> =>
  fc.integer({ min: least, max: most }).map((count) => (count / 10).toFixed(1));
const side = fc.constantFrom('Buy', 'Sell');
const step = fc.oneof(
  fc.record({ does: fc.constant('price' as const), price: tenth(880, 1_120) }),
  fc.record({
    does: fc.constant('place' as const),
    side,
    qty: tenth(1, 60),
    price: tenth(900, 1_100),
    isMarket: fc.boolean(),
    reduceOnly: fc.boolean(),
    hasStops: fc.boolean(),
  }),
  fc.record({
    does: fc.constantFrom('cancel', 'stop', 'trail', 'leverage', 'take-over', 'fund', 'amend'),
    pick: fc.nat(9),
  }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function carryOut({ engine, account, price, place }: Market, one: Step): void {
  if (one.does === 'price') price(one.price);
  else if (one.does === 'place') {
    const { side: way, qty, price: at, isMarket, reduceOnly, hasStops } = one;
    const [low, high] = [decimal('90'), decimal('110')];
    const stops = way === 'Buy' ? { stopLoss: low, takeProfit: high } : { stopLoss: high, takeProfit: low };
    place({
      side: way,
      qty: decimal(qty),
      reduceOnly,
      ...(isMarket ? { orderType: 'Market' } : { orderType: 'Limit', price: decimal(at) }),
      ...(hasStops ? stops : {}),
    });
  } else change(engine, account, one);
}

function change(engine: Engine, account: Account, { does, pick }: { does: string; pick: number }): void {
  const on = { symbol: SYMBOL, positionIdx: 0 } as const;
  const orderId =
    account.orderIds[(pick * account.orderIds.length) % Math.max(1, account.orderIds.length + pick)] ?? '';
  if (does === 'cancel') engine.cancelOrder(account, { symbol: SYMBOL, orderId });
  if (does === 'amend') engine.amendOrder(account, { symbol: SYMBOL, orderId }, { qty: decimal(`${pick + 1}`) });
  if (does === 'stop') engine.setTradingStop(account, { ...on, tpslMode: 'Full', stopLoss: decimal(`${89 + pick}`) });
  if (does === 'trail') engine.setTradingStop(account, { ...on, tpslMode: 'Full', trailingStop: decimal(`${pick}`) });
  const leverage = decimal(`${pick + 2}`);
  if (does === 'leverage') engine.setLeverage(account, SYMBOL, { buy: leverage, sell: leverage });
  if (does === 'take-over') engine.liquidate(account, on);
  if (does === 'fund') engine.settleFunding(SYMBOL);
}

test('a read that lags behind sees the account whole, as it was at that moment, whatever the lag', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(step, fc.constantFrom(0, 0, 7, 150, 600)), { maxLength: 50 }),
      fc.boolean(),
      (steps, forgets) => {
        const made = market();
        const { engine, account } = made;
        const history = createHistory(engine);
        if (forgets) engine.venue.options.forgetAfterMs = 900;
        for (const lagMs of LAGS_MS) history.start(lagMs);
        const moments = [{ atMs: engine.venue.nowMs(), copy: shown(accountCopy(account)) }];
        engine.onEvent(({ type }) => {
          if (type === 'end') moments.push({ atMs: engine.venue.nowMs(), copy: shown(accountCopy(account)) });
        });
        for (const [one, passMs] of steps) {
          try {
            carryOut(made, one);
          } catch (error) {
            if (!(error instanceof Refusal)) throw error;
          }
          made.pass(passMs);
          for (const lagMs of LAGS_MS) {
            const thenMs = engine.venue.nowMs() - lagMs;
            const then = moments.findLast(({ atMs }) => atMs <= thenMs) ?? moments[0];
            expect(shown(history.asOf(account, thenMs))).toEqual(then?.copy);
          }
        }
      },
    ),
    { seed: 20_261_122, numRuns: 60 },
  );
});

test('a change is taken down without a copy of what it left alone', () => {
  const { engine, account, place, pass } = market();
  for (let count = 0; count < 300; count += 1) place({ side: count % 2 === 0 ? 'Buy' : 'Sell', qty: decimal('1') });
  place({ side: 'Buy', orderType: 'Limit', qty: decimal('1'), price: decimal('90') });
  const history = createHistory(engine);
  history.lag(100);
  const asOf = (): Account => history.asOf(account, engine.venue.nowMs() - 100);
  const { orders, executions } = asOf();
  const [resting] = asOf().open;
  place({ side: 'Buy', qty: decimal('1') });
  expect(asOf().orders.size).toBe(301);
  pass(100);
  expect(asOf().orders.size).toBe(302);
  expect(asOf().orders).toBe(orders);
  expect(asOf().executions).toBe(executions);
  expect([...asOf().open]).toEqual([resting]);
  expect([...asOf().open][0]).toBe(resting);
});
