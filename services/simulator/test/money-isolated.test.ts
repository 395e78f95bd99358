import { describe, expect, test } from 'vitest';
import { decimal as d } from '../src/engine/decimal.ts';
import { retCodeOf } from './market.ts';
import { moneyMarket } from './money-market.ts';

describe('isolated margin', () => {
  const isolated = { marginMode: 'ISOLATED_MARGIN', options: { takerFeeRate: 0n, makerFeeRate: 0n } } as const;

  test('a position holds its margin and shows where it ends; what is added moves that away', () => {
    const { place, engine, account, positionRow, walletRow } = moneyMarket(isolated);
    place({ side: 'Buy', qty: d('10') });
    expect(positionRow()).toMatchObject({ positionBalance: '100', liqPrice: '90.5', bustPrice: '90' });
    expect(walletRow()).toMatchObject({ accountIMRate: '', totalAvailableBalance: '', totalEquity: '1000' });
    engine.addMargin(account, { symbol: 'TESTUSDT', positionIdx: 0 }, d('50'));
    expect(positionRow()).toMatchObject({ positionBalance: '150', liqPrice: '85.5', bustPrice: '85' });
    place({ side: 'Sell', qty: d('10') });
    expect(positionRow()).toMatchObject({ positionBalance: '0', liqPrice: '', bustPrice: '' });
  });

  test('a short ends above its entry', () => {
    const { place, positionRow } = moneyMarket(isolated);
    place({ side: 'Sell', qty: d('10') });
    expect(positionRow()).toMatchObject({ positionBalance: '100', liqPrice: '109.5', bustPrice: '110' });
  });

  test('prices between two ticks are those that are worse for the trader', () => {
    const long = moneyMarket({ ...isolated, leverage: '3' });
    long.place({ side: 'Buy', qty: d('10') });
    expect(long.positionRow()).toMatchObject({ liqPrice: '67.1', bustPrice: '66.6' });
    const short = moneyMarket({ ...isolated, leverage: '3' });
    short.place({ side: 'Sell', qty: d('10') });
    expect(short.positionRow()).toMatchObject({ liqPrice: '132.9', bustPrice: '133.4' });
  });

  test('only what was added comes back, only from what is free, and only in this mode', () => {
    const { place, engine, account, price } = moneyMarket(isolated);
    const ref = { symbol: 'TESTUSDT', positionIdx: 0 } as const;
    const add = (amount: string): number => retCodeOf(() => engine.addMargin(account, ref, d(amount)));
    expect(add('1')).toBe(10001);
    place({ side: 'Buy', qty: d('10') });
    expect([add('0'), add('901'), add('-1'), add('100')]).toEqual([110027, 110012, 110011, 0]);
    price('85');
    expect([add('-50'), add('-40')]).toEqual([110011, 0]);
    engine.setAutoAddMargin(account, ref, 1);
    expect(retCodeOf(() => engine.setAutoAddMargin(account, ref, 1))).toBe(110027);
    engine.setMarginMode(account, 'REGULAR_MARGIN');
    expect(add('1')).toBe(10001);
  });

  test('the mode of the account changes once, and not when the wallet could not bear it', () => {
    const { place, engine, account, price } = moneyMarket({ options: { takerFeeRate: 0n } });
    const set = (mode: string): number => retCodeOf(() => engine.setMarginMode(account, mode));
    place({ side: 'Buy', qty: d('90') });
    expect(set('REGULAR_MARGIN')).toBe(110026);
    price('101');
    place({ side: 'Buy', qty: d('15') });
    expect(set('ISOLATED_MARGIN')).toBe(110006);
    place({ side: 'Sell', qty: d('15') });
    expect([set('ISOLATED_MARGIN'), account.marginMode]).toEqual([0, 'ISOLATED_MARGIN']);
    expect([set('PORTFOLIO_MARGIN'), set('REGULAR_MARGIN')]).toEqual([0, 0]);
  });

  test('its hedge positions may have a leverage each; elsewhere both sides are one', () => {
    const { engine, account, place, positionRow } = moneyMarket({ ...isolated, mode: 'hedge' });
    engine.setLeverage(account, 'TESTUSDT', { buy: d('5'), sell: d('20') });
    place({ side: 'Buy', positionIdx: 1 });
    place({ side: 'Sell', positionIdx: 2 });
    expect([positionRow(1)['leverage'], positionRow(2)['leverage']]).toEqual(['5', '20']);
    expect([positionRow(1)['positionBalance'], positionRow(2)['positionBalance']]).toEqual(['20', '5']);
    const cross = moneyMarket({ mode: 'hedge' });
    const differ = { buy: d('5'), sell: d('20') };
    expect(retCodeOf(() => cross.engine.setLeverage(cross.account, 'TESTUSDT', differ))).toBe(10001);
  });
});
