import { describe, expect, test } from 'vitest';
import { decimal as d } from '../src/engine/decimal.ts';
import { orderMargin } from '../src/engine/money/margin.ts';
import { closedPnlRow } from '../src/http/rows/closed-pnl-row.ts';
import { executionRow } from '../src/http/rows/execution-row.ts';
import { retCodeOf } from './market.ts';
import { moneyMarket } from './money-market.ts';
import type { MoneyMarket } from './money-market.ts';
import { capture } from './streams/capture.ts';
import { rowsOf } from './streams/socket.ts';

/** The row of one frame of the captured fill. */
function captured(topic: string): Record<string, unknown> {
  const frame = capture('ws-private-fill-sequence-2025-10').find((one) => one['topic'] === topic);
  return frame === undefined ? {} : (rowsOf(frame)[0] ?? {});
}

const BTC = { symbol: 'BTCUSDT', tickSize: '0.1', qtyStep: '0.001' } as const;

/** The captured buy of 0.2 SOL at 233.02 under a tax of 18 % on the fee, in a wallet of 11.5 USDT. */
function solFill(): MoneyMarket {
  const market = moneyMarket({
    symbol: 'SOLUSDT',
    tickSize: '0.001',
    qtyStep: '0.1',
    price: '233.02',
    balance: '11.507491236',
    riskTiers: [{ riskLimitValue: d('50000'), maxLeverage: d('100'), maintenanceRate: d('0.005') }],
    options: { extraFeeRate: d('0.000099'), marginPrice: 'entry', usdtIndexPrice: d('1.000686') },
  });
  market.price('233.02', '233.029');
  market.place({ side: 'Buy', qty: d('0.2'), price: d('240'), timeInForce: 'FOK' });
  return market;
}

describe('the captures, to the last digit', () => {
  test('a closing order shows its profit net of both fees, and its fee rounded to eight digits', () => {
    const { price, place, account } = moneyMarket({ ...BTC, price: '64809.6' });
    place({ side: 'Buy', qty: d('0.001') });
    price('64627.3');
    const closing = place({ side: 'Sell', qty: d('0.001') });
    expect(closing).toMatchObject({ closedPnl: d('-0.2534903'), cumExecFee: d('0.03554502') });
    const [record] = account.closedPnl.values();
    expect(record && closedPnlRow(record)).toMatchObject({
      orderId: closing.orderId,
      side: 'Sell',
      orderType: 'Market',
      execType: 'Trade',
      qty: '0.001',
      closedSize: '0.001',
      cumEntryValue: '64.8096',
      avgEntryPrice: '64809.6',
      cumExitValue: '64.6273',
      avgExitPrice: '64627.3',
      closedPnl: '-0.2534903',
      openFee: '0.03564528',
      closeFee: '0.03554502',
      fillCount: '1',
      leverage: '10',
    });
  });

  test('the break-even price of a fresh long holds the fee to open and the fee to close', () => {
    const { place, positionRow, position } = moneyMarket({
      ...BTC,
      price: '66473.5',
      options: { takerFeeRate: d('0.001') },
    });
    place({ side: 'Buy', qty: d('0.001') });
    expect(position().curRealisedPnl).toBe(d('-0.0664735'));
    expect(positionRow()['breakEvenPrice']).toBe('66606.58008008');
  });

  test('with lower fees than 0.055 % the break-even price still reckons with 0.055 %, for a short as well', () => {
    const { place, positionRow } = moneyMarket({ options: { takerFeeRate: 0n } });
    place({ side: 'Sell', qty: d('1') });
    expect(positionRow()['breakEvenPrice']).toBe('99.94503023');
  });

  test('a resting order binds its margin, its fee and the fee to close it at bankruptcy', () => {
    const { place, coinRow } = moneyMarket({ symbol: 'XRPUSDT', tickSize: '0.0001', price: '3.129' });
    place({ side: 'Buy', qty: d('10'), price: d('2.5293') });
    expect(coinRow()['totalOrderIM']).toBe('2.55573119');
    const short = { leverage: d('10'), side: 'Sell', feeRate: d('0.00055') } as const;
    expect(orderMargin(d('25.293'), short)).toBe(d('2.55851342'));
  });

  test('a taxed fill: execution, realised profit, margins by entry and by mark price', () => {
    const { account, positionRow } = solFill();
    const [execution] = account.executions;
    const { execFee, feeRate, extraFees } = captured('execution');
    expect(execution && executionRow(execution)).toMatchObject({ execFee, feeRate, extraFees, execType: 'Trade' });
    const { positionIM, positionMM, positionIMByMp, positionMMByMp, ...rest } = captured('position');
    const { curRealisedPnl, unrealisedPnl, positionValue, markPrice, riskLimitValue } = rest;
    expect(positionRow()).toMatchObject({
      positionIM,
      positionMM,
      positionIMByMp,
      positionMMByMp,
      curRealisedPnl,
      unrealisedPnl,
      positionValue,
      markPrice,
      riskLimitValue,
      avgPrice: '233.02',
      leverage: '10',
      positionBalance: '0',
    });
    expect(curRealisedPnl).toBe('-0.03024599');
  });

  test('the wallet after it, with its USD totals and rates', () => {
    const { walletRow } = solFill();
    const { coin, ...totals } = captured('wallet');
    const [{ cumRealisedPnl: _lifetime, ...usdt } = {}] = Array.isArray(coin) ? coin : [];
    // The capture is the stream's; the listing writes what is borrowed with all its digits.
    expect(walletRow()).toMatchObject({ ...totals, coin: [{ ...usdt, borrowAmount: '0.000000000000000000' }] });
  });
});

describe('profit', () => {
  test('a position closed in parts by two orders has a record each, with its fees in proportion', () => {
    const { price, place, account } = moneyMarket();
    place({ side: 'Buy', qty: d('3') });
    price('110');
    place({ side: 'Sell', qty: d('1') });
    price('120');
    place({ side: 'Sell', qty: d('2') });
    const rows = [...account.closedPnl.values()].map(closedPnlRow);
    expect(rows).toMatchObject([
      { closedSize: '1', openFee: '0.055', closeFee: '0.0605', closedPnl: '9.8845' },
      { closedSize: '2', openFee: '0.11', closeFee: '0.132', closedPnl: '39.758' },
    ]);
    expect(account.walletBalance).toBe(d('1000') + d('9.8845') + d('39.758'));
  });

  test('an order that closes over several fills has one record that counts them', () => {
    const { place, account, engine } = moneyMarket({ balance: '100000' });
    place({ side: 'Buy', qty: d('10') });
    engine.venue.options.depthNotional = d('400');
    place({ side: 'Sell', qty: d('10') });
    const rows = [...account.closedPnl.values()].map(closedPnlRow);
    expect(rows).toMatchObject([{ fillCount: '3', closedSize: '10', qty: '10', side: 'Sell' }]);
  });

  test('an order that turns the position over closes with its closing part only', () => {
    const { price, place, account, position } = moneyMarket();
    place({ side: 'Buy', qty: d('1') });
    price('90');
    const flip = place({ side: 'Sell', qty: d('3') });
    expect(flip.closedPnl).toBe(d('-10') - d('0.055') - d('0.0495'));
    const [record] = account.closedPnl.values();
    expect(record && closedPnlRow(record)).toMatchObject({ qty: '3', closedSize: '1', closedPnl: '-10.1045' });
    expect(position()).toMatchObject({ side: 'Sell', size: d('2'), curRealisedPnl: d('-0.099') });
  });

  test('an account has rates of its own, for one symbol or for all', () => {
    const { engine, account, place } = moneyMarket();
    engine.setFeeRates(account, undefined, { taker: d('0.0004'), maker: d('-0.0001') });
    place({ side: 'Buy', qty: d('1') });
    engine.setFeeRates(account, 'TESTUSDT', { taker: d('0.001'), maker: 0n });
    place({ side: 'Buy', qty: d('1') });
    expect(account.executions.map(({ execFee }) => execFee)).toEqual([d('0.04'), d('0.1')]);
  });

  test('the ledger says where each USDT came from', () => {
    const { price, place, account, engine, pass } = moneyMarket();
    place({ side: 'Buy', qty: d('1') });
    price('110');
    engine.settleFunding('TESTUSDT');
    place({ side: 'Sell', qty: d('1') });
    engine.applyDemoMoney(account, d('500'));
    expect(retCodeOf(() => engine.applyDemoMoney(account, d('1')))).toBe(10006);
    pass(60_000);
    engine.applyDemoMoney(account, -d('100'));
    const entries = account.transactions.map(({ type, change, size }) => [type, change, size]);
    expect(entries).toEqual([
      ['TRANSFER_IN', d('1000'), 0n],
      ['TRADE', d('-0.055'), d('1')],
      ['SETTLEMENT', d('-0.011'), d('1')],
      ['TRADE', d('9.9395'), 0n],
      ['TRANSFER_IN', d('500'), 0n],
      ['TRANSFER_OUT', d('-100'), 0n],
    ]);
    expect(account.transactions.at(-1)?.cashBalance).toBe(account.walletBalance);
  });
});

describe('risk', () => {
  const large = { balance: '10000000', leverage: '50' };

  test('a position in a higher tier pays its rate less the deduction, so that the margin does not jump', () => {
    const { place, position, positionRow } = moneyMarket({ ...large, options: { takerFeeRate: 0n, makerFeeRate: 0n } });
    place({ side: 'Buy', qty: d('2000') });
    expect(positionRow()).toMatchObject({ riskId: 1, riskLimitValue: '200000', positionMM: '1000' });
    place({ side: 'Buy', qty: d('1000') });
    expect(position().size).toBe(d('3000'));
    expect(positionRow()).toMatchObject({ riskId: 2, riskLimitValue: '1000000', positionMM: '2000' });
  });

  test('a position may not outgrow its leverage: 110090 for the order, 110086 for the leverage, 110013 beyond all', () => {
    const { place, engine, account } = moneyMarket(large);
    expect(retCodeOf(() => place({ side: 'Buy', qty: d('10001') }))).toBe(110090);
    place({ side: 'Buy', qty: d('9000') });
    expect(retCodeOf(() => place({ side: 'Buy', qty: d('1100') }))).toBe(110090);
    expect(retCodeOf(() => engine.setLeverage(account, 'TESTUSDT', d('51')))).toBe(110086);
    expect(retCodeOf(() => engine.setLeverage(account, 'TESTUSDT', d('101')))).toBe(110013);
    expect(retCodeOf(() => engine.setLeverage(account, 'TESTUSDT', d('0.5')))).toBe(10001);
    expect(retCodeOf(() => engine.setLeverage(account, 'TESTUSDT', d('50')))).toBe(110043);
    place({ side: 'Buy', qty: d('900'), price: d('99') });
    expect(retCodeOf(() => place({ side: 'Buy', qty: d('200') }))).toBe(110090);
    engine.setLeverage(account, 'TESTUSDT', d('25'));
    place({ side: 'Buy', qty: d('1100') });
  });

  test('a leverage that the balance does not bear is refused with 110044 and stays as it was', () => {
    const { place, engine, account, positionRow } = moneyMarket();
    place({ side: 'Buy', qty: d('50') });
    expect(retCodeOf(() => engine.setLeverage(account, 'TESTUSDT', d('2')))).toBe(110044);
    expect(positionRow()['leverage']).toBe('10');
  });

  test('orders are refused with 110007 without a free balance, and with 110004 without any', () => {
    const { place, engine, account, pass, price } = moneyMarket();
    place({ side: 'Buy', qty: d('90') });
    expect(retCodeOf(() => place({ side: 'Buy', qty: d('20') }))).toBe(110007);
    expect(retCodeOf(() => engine.applyDemoMoney(account, -d('500')))).toBe(110012);
    price('80');
    place({ side: 'Sell', qty: d('90') });
    expect(account.walletBalance < 0n).toBe(true);
    expect(retCodeOf(() => place({ side: 'Buy', qty: d('1') }))).toBe(110004);
    pass(60_000);
  });

  test('what closes needs no margin, neither at once nor resting; what it opens beyond does', () => {
    const { place, coinRow } = moneyMarket();
    place({ side: 'Buy', qty: d('90') });
    place({ side: 'Sell', qty: d('90'), price: d('110') });
    expect(coinRow()['totalOrderIM']).toBe('0');
    expect(retCodeOf(() => place({ side: 'Sell', qty: d('20'), price: d('110') }))).toBe(110007);
  });
});
