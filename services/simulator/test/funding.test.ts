import { describe, expect, test } from 'vitest';
import { decimal as d } from '../src/engine/decimal.ts';
import { executionRow } from '../src/http/rows/execution-row.ts';
import { request } from './market.ts';
import { addTrader, moneyMarket } from './money-market.ts';
import type { MoneyMarket } from './money-market.ts';

const HALF_HOUR_MS = 1_800_000;
const FUNDING_MS = 8 * 3_600_000;

const fundings = ({ account }: MoneyMarket): readonly Record<string, unknown>[] =>
  account.executions.filter(({ execType }) => execType === 'Funding').map(executionRow);

describe('funding', () => {
  test('a long pays the rate on its value at mark price when the interval ends, and its rows say so', () => {
    const market = moneyMarket({ fundingRate: '0.0003' });
    market.place({ side: 'Buy', qty: d('2') });
    market.price('105', '110');
    const before = market.account.walletBalance;
    market.pass(HALF_HOUR_MS - 1);
    expect(fundings(market)).toEqual([]);
    market.pass(1);
    expect(fundings(market)).toMatchObject([
      {
        execType: 'Funding',
        orderType: 'UNKNOWN',
        stopOrderType: 'UNKNOWN',
        orderLinkId: '',
        createType: '',
        side: 'Buy',
        orderQty: '0',
        orderPrice: '0',
        leavesQty: '0',
        closedSize: '0',
        execPrice: '110',
        execQty: '2',
        execValue: '220',
        execFee: '0.066',
        feeRate: '0.0003',
        execTime: String(market.startMs + HALF_HOUR_MS),
      },
    ]);
    expect(market.account.walletBalance).toBe(before - d('0.066'));
    expect(market.positionRow()).toMatchObject({ curRealisedPnl: '-0.176', seq: fundings(market)[0]?.['seq'] });
    expect(market.positionRow()['breakEvenPrice']).toBe('100.14307869');
  });

  test('a short receives what a long pays, and pays when the rate is negative', () => {
    const market = moneyMarket({ fundingRate: '0.0003' });
    market.place({ side: 'Sell', qty: d('2') });
    market.engine.settleFunding('TESTUSDT');
    market.engine.setFundingRate('TESTUSDT', d('-0.0001'));
    market.engine.settleFunding('TESTUSDT');
    expect(fundings(market)).toMatchObject([
      { side: 'Sell', feeRate: '-0.0003', execFee: '-0.06' },
      { side: 'Sell', feeRate: '0.0001', execFee: '0.02' },
    ]);
  });

  test('what longs pay is what shorts receive, over all accounts', () => {
    const market = moneyMarket({ fundingRate: '0.00037' });
    const other = addTrader(market.engine, 'other', {});
    market.place({ side: 'Buy', qty: d('1.7') });
    market.engine.placeOrder(other, request({ side: 'Sell', qty: d('1.7') }));
    const before = market.account.walletBalance + other.walletBalance;
    market.price('101.3');
    market.pass(HALF_HOUR_MS);
    expect(fundings(market)).toHaveLength(1);
    expect(market.account.walletBalance + other.walletBalance).toBe(before);
  });

  test('a pause over several intervals settles each of them, a flat position none', () => {
    const market = moneyMarket();
    market.pass(3 * FUNDING_MS);
    expect(market.engine.nextDueMs()).toBeUndefined();
    market.place({ side: 'Buy', qty: d('1') });
    expect(market.engine.nextDueMs()).toBe(market.startMs + 3 * FUNDING_MS + HALF_HOUR_MS);
    market.pass(2 * FUNDING_MS);
    expect(fundings(market)).toHaveLength(2);
    market.place({ side: 'Sell', qty: d('1') });
    market.pass(2 * FUNDING_MS);
    expect(fundings(market)).toHaveLength(2);
    expect(market.engine.nextDueMs()).toBeUndefined();
  });

  test('an execution, the wallet and the position are told of, in that order and in one frame', () => {
    const { engine, place, events, pass } = moneyMarket();
    place({ side: 'Buy', qty: d('1') });
    events.length = 0;
    pass(HALF_HOUR_MS);
    expect(events.map(({ type }) => type)).toEqual(['execution', 'wallet', 'position', 'end']);
    expect(new Set(events.map(({ frame }) => frame)).size).toBe(1);
    engine.venue.options.funding = false;
    pass(FUNDING_MS);
    expect(events).toHaveLength(4);
  });
});
