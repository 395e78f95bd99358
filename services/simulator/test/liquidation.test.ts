import { describe, expect, test } from 'vitest';
import { decimal as d } from '../src/engine/decimal.ts';
import { closedPnlRow } from '../src/http/rows/closed-pnl-row.ts';
import { request, retCodeOf } from './market.ts';
import { addTrader, moneyMarket } from './money-market.ts';
import type { MoneyMarket } from './money-market.ts';

const TEST = { symbol: 'TESTUSDT', positionIdx: 0 } as const;

/** A long of 5 with a stop, a take-profit rung, a further entry and a conditional order. */
function ladder(spec: Parameters<typeof moneyMarket>[0] = {}): MoneyMarket {
  const market = moneyMarket(spec);
  market.place({ side: 'Buy', qty: d('5'), stopLoss: d('95'), orderLinkId: 'entry' });
  market.place({ side: 'Sell', qty: d('5'), price: d('110'), reduceOnly: true, orderLinkId: 'rung' });
  market.place({ side: 'Buy', qty: d('1'), price: d('97'), orderLinkId: 'more' });
  market.place({ side: 'Buy', triggerPrice: d('120'), triggerDirection: 1, orderLinkId: 'conditional' });
  return market;
}

const endings = ({ account }: MoneyMarket): readonly unknown[][] =>
  [...account.orders.values()]
    .filter(({ orderLinkId }) => orderLinkId !== 'entry')
    .map((order) => [order.orderLinkId || order.createType, order.status, order.cancelType]);

describe('a position that the exchange takes over', () => {
  test('loses its orders first and is closed at the bankruptcy price, its stops deactivated', () => {
    const market = ladder();
    market.events.length = 0;
    market.engine.liquidate(market.account, TEST);
    expect(endings(market)).toEqual([
      ['CreateByStopLoss', 'Deactivated', 'CancelByTpSlTsClear'],
      ['rung', 'Cancelled', 'CancelAllBeforeLiq'],
      ['more', 'Cancelled', 'CancelAllBeforeLiq'],
      ['conditional', 'Deactivated', 'CancelAllBeforeLiq'],
      ['CreateByTakeOver_PassThrough', 'Filled', 'UNKNOWN'],
    ]);
    const orders = market.events.flatMap((event) => (event.type === 'order' ? [event.order] : []));
    expect(orders.map(({ orderLinkId, createType }) => orderLinkId || createType)).toEqual([
      'rung',
      'more',
      'conditional',
      'CreateByStopLoss',
      'CreateByTakeOver_PassThrough',
    ]);
    const execution = market.account.executions.at(-1);
    expect(execution).toMatchObject({ execType: 'BustTrade', execPrice: d('90'), execQty: d('5'), side: 'Sell' });
    const [record] = market.account.closedPnl.values();
    expect(record && closedPnlRow(record)).toMatchObject({ execType: 'BustTrade', avgExitPrice: '90', side: 'Sell' });
    expect(market.account.transactions.at(-1)).toMatchObject({ type: 'LIQUIDATION' });
    expect(market.engine.venue.truth.epochs).toMatchObject([{ closeReason: 'Liquidation', reduceFills: 1 }]);
    expect(market.position()).toMatchObject({ side: '', size: 0n, status: 'Normal' });
  });

  test('a short goes at its own bankruptcy price, or at the price that is given', () => {
    const market = moneyMarket();
    market.place({ side: 'Sell', qty: d('1') });
    market.engine.liquidate(market.account, TEST);
    market.place({ side: 'Sell', qty: d('1') });
    market.engine.liquidate(market.account, { ...TEST, price: d('107') });
    const bust = market.account.executions.filter(({ execType }) => execType === 'BustTrade');
    expect(bust.map(({ execPrice }) => execPrice)).toEqual([d('110'), d('107')]);
    expect(retCodeOf(() => market.engine.liquidate(market.account, TEST))).toBe(110034);
  });

  test('refuses every request while it is being taken over, and opens anew afterwards', () => {
    const market = ladder({ options: { takeoverDelayMs: 700 } });
    const { engine, account, place } = market;
    engine.liquidate(account, TEST);
    expect(market.positionRow()).toMatchObject({ positionStatus: 'Liq', size: '5' });
    expect(retCodeOf(() => place({ side: 'Sell', qty: d('1') }))).toBe(110005);
    expect(retCodeOf(() => engine.setTradingStop(account, { ...TEST, tpslMode: 'Full', stopLoss: d('96') }))).toBe(
      110005,
    );
    expect(engine.nextDueMs()).toBe(market.startMs + 700);
    market.pass(699);
    expect(market.position().size).toBe(d('5'));
    market.pass(1);
    expect(market.position()).toMatchObject({ size: 0n, status: 'Normal' });
    place({ side: 'Buy', qty: d('1') });
    expect(market.position().size).toBe(d('1'));
  });

  test('deleveraging closes a part at the mark price; the stop follows the size', () => {
    const market = ladder();
    market.price('104', '103.7');
    market.engine.autoDeleverage(market.account, { ...TEST, qty: d('2') });
    expect(endings(market)).toEqual([
      ['CreateByStopLoss', 'Untriggered', 'UNKNOWN'],
      ['rung', 'Cancelled', 'CancelAllBeforeAdl'],
      ['more', 'Cancelled', 'CancelAllBeforeAdl'],
      ['conditional', 'Deactivated', 'CancelAllBeforeAdl'],
      ['CreateByAdl_PassThrough', 'Filled', 'UNKNOWN'],
    ]);
    expect(market.account.executions.at(-1)).toMatchObject({ execType: 'AdlTrade', execPrice: d('103.7') });
    expect(market.position()).toMatchObject({ size: d('3'), stopLoss: { qty: d('3') }, status: 'Normal' });
    market.engine.autoDeleverage(market.account, TEST);
    expect(market.engine.venue.truth.epochs).toMatchObject([{ closeReason: 'Adl' }]);
    expect(market.account.transactions.at(-1)).toMatchObject({ type: 'ADL' });
  });
});

describe('a contract that is delisted', () => {
  test('cancels every order and closes every position at the index price, at its delivery time', () => {
    const deliveryTimeMs = Date.UTC(2026, 0, 5, 15, 45);
    const market = ladder({ deliveryTimeMs });
    const other = addTrader(market.engine, 'other', {});
    market.engine.placeOrder(other, request({ side: 'Sell', qty: d('2') }));
    market.price('102.35', '110');
    market.pass(deliveryTimeMs - market.startMs - 1);
    expect(market.position().size).toBe(d('5'));
    market.pass(1);
    expect(endings(market)).toEqual([
      ['CreateByStopLoss', 'Deactivated', 'CancelByTpSlTsClear'],
      ['rung', 'Cancelled', 'CancelBySettle'],
      ['more', 'Cancelled', 'CancelBySettle'],
      ['conditional', 'Deactivated', 'CancelBySettle'],
      ['CreateBySettle', 'Filled', 'UNKNOWN'],
    ]);
    const settled = [market.account, other].map(({ executions }) => executions.at(-1));
    for (const execution of settled) expect(execution).toMatchObject({ execType: 'Delivery', execPrice: d('102.3') });
    expect(market.engine.venue.truth.epochs.map(({ closeReason }) => closeReason)).toEqual([
      'Settlement',
      'Settlement',
    ]);
    expect(retCodeOf(() => market.place({ side: 'Buy', qty: d('1') }))).toBe(110074);
    expect(market.engine.nextDueMs()).toBeUndefined();
  });
});

describe('liquidation by margin, when the option says so', () => {
  const byMargin = { options: { liquidation: 'by-margin' as const } };

  test('a cross account ends when its equity no longer covers the maintenance, the largest loss first', () => {
    const market = moneyMarket(byMargin);
    market.place({ side: 'Buy', qty: d('80') });
    market.price('88.5');
    expect(market.position().size).toBe(d('80'));
    market.price('88');
    expect(market.position().size).toBe(0n);
    expect(market.engine.venue.truth.epochs).toMatchObject([{ closeReason: 'Liquidation' }]);
  });

  test('what is left of a cross account stays open when it covers itself again', () => {
    const market = moneyMarket({ ...byMargin, mode: 'hedge' });
    market.place({ side: 'Sell', qty: d('20'), positionIdx: 2 });
    market.place({ side: 'Buy', qty: d('75'), positionIdx: 1 });
    market.price('82.5');
    expect([market.position(1).size, market.position(2).size]).toEqual([0n, d('20')]);
  });

  test('it happens to nobody without the option', () => {
    const market = moneyMarket();
    market.place({ side: 'Buy', qty: d('80') });
    market.price('80');
    expect(market.position().size).toBe(d('80'));
  });

  test('an isolated position ends at its liquidation price, and the rest of the wallet stays', () => {
    const market = moneyMarket({ ...byMargin, marginMode: 'ISOLATED_MARGIN' });
    market.place({ side: 'Buy', qty: d('10') });
    market.price('91');
    expect(market.position().size).toBe(d('10'));
    market.price('90');
    expect(market.position().size).toBe(0n);
    expect(market.account.walletBalance > d('898')).toBe(true);
  });
});
