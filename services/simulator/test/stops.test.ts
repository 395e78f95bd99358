import { describe, expect, test } from 'vitest';
import { decimal, show } from '../src/engine/decimal.ts';
import type { TradingStop } from '../src/engine/stops/trading-stop.ts';
import { market, retCodeOf, SYMBOL } from './market.ts';
import type { Market } from './market.ts';

const d = decimal;

function setStop({ engine, account }: Market, fields: Partial<TradingStop>): number {
  return retCodeOf(() =>
    engine.setTradingStop(account, { symbol: SYMBOL, positionIdx: 0, tpslMode: 'Full', ...fields }),
  );
}

describe('the position stop in Full mode', () => {
  test('it is a system order that follows the size and is moved in place', () => {
    const venue = market();
    venue.place({ side: 'Buy' });
    expect(setStop(venue, { stopLoss: d('95') })).toBe(0);
    const stop = venue.position().stopLoss;
    expect(stop).toMatchObject({
      orderLinkId: '',
      stopOrderType: 'StopLoss',
      createType: 'CreateByStopLoss',
      status: 'Untriggered',
      orderType: 'Market',
      timeInForce: 'IOC',
      side: 'Sell',
      triggerDirection: 2,
      reduceOnly: true,
      closeOnTrigger: true,
      price: 0n,
      qty: d('1'),
    });
    venue.place({ side: 'Buy', qty: d('2') });
    expect(stop?.qty).toBe(d('3'));
    expect(setStop(venue, { stopLoss: d('97') })).toBe(0);
    expect(venue.position().stopLoss).toBe(stop);
    expect(stop?.triggerPrice).toBe(d('97'));
  });

  test('34040 answers both an equal value and a request that names nothing', () => {
    const venue = market();
    venue.place({ side: 'Buy', stopLoss: d('95') });
    expect(setStop(venue, { stopLoss: d('95'), slTriggerBy: 'LastPrice' })).toBe(34040);
    expect(setStop(venue, {})).toBe(34040);
    expect(setStop(venue, { takeProfit: 0n })).toBe(34040);
    expect(setStop(venue, { stopLoss: d('95'), slTriggerBy: 'MarkPrice' })).toBe(0);
  });

  test('10001 answers a flat position, the wrong side of the trigger source, and a foreign index', () => {
    const venue = market();
    expect(setStop(venue, { stopLoss: d('95') })).toBe(10001);
    venue.place({ side: 'Buy' });
    venue.price('100', { mark: '90' });
    expect(setStop(venue, { stopLoss: d('95'), slTriggerBy: 'MarkPrice' })).toBe(10001);
    expect(setStop(venue, { stopLoss: d('95') })).toBe(0);
    expect(setStop(venue, { stopLoss: d('100') })).toBe(10001);
    expect(setStop(venue, { stopLoss: d('94'), positionIdx: 1 })).toBe(10001);
    expect(venue.position().stopLoss?.triggerPrice).toBe(d('95'));
  });

  test.each([
    ['LastPrice', { last: '96.9', mark: '100', index: '100' }],
    ['MarkPrice', { last: '100', mark: '96.9', index: '100' }],
    ['IndexPrice', { last: '100', mark: '100', index: '96.9' }],
  ] as const)('%s alone triggers a stop on it, and the position closes whole', (slTriggerBy, prices) => {
    const venue = market();
    venue.place({ side: 'Buy', qty: d('2') });
    setStop(venue, { stopLoss: d('97'), slTriggerBy });
    const stop = venue.position().stopLoss;
    venue.price('97.1');
    expect(stop?.status).toBe('Untriggered');
    venue.price(prices.last, prices);
    expect(stop).toMatchObject({ status: 'Filled', cumExecQty: d('2') });
    expect(venue.position()).toMatchObject({ side: '', size: 0n, stopLoss: undefined });
  });

  test('when the position closes otherwise, its stop is Deactivated and reduce-only orders are Cancelled', () => {
    const venue = market();
    venue.place({ side: 'Buy', stopLoss: d('90') });
    const stop = venue.position().stopLoss;
    const profit = venue.place({ side: 'Sell', price: d('110'), reduceOnly: true });
    venue.place({ side: 'Sell' });
    expect(stop).toMatchObject({ status: 'Deactivated', cancelType: 'CancelByTpSlTsClear' });
    expect(profit).toMatchObject({ status: 'Cancelled', cancelType: 'CancelByReduceOnly' });
  });

  test('a stop over thin depth fills what its protection price allows; the rest is cancelled', () => {
    const venue = market();
    venue.place({ side: 'Buy', qty: d('500'), stopLoss: d('95') });
    venue.engine.venue.options.depthNotional = d('100');
    const stop = venue.position().stopLoss;
    venue.price('94');
    expect(stop?.status).toBe('Cancelled');
    expect(venue.position().size).toBeGreaterThan(0n);
    expect(venue.position().stopLoss).toBeUndefined();
    venue.pass(1_000);
    venue.engine.declareStop(venue.account, { symbol: SYMBOL, positionIdx: 0, stop: d('95') });
    expect(venue.engine.venue.truth.epochs[0]?.unprotectedMs).toBe(1_000);
  });

  test('a stop attached to an entry that fills beyond it closes the position in the same move', () => {
    const venue = market();
    venue.place({ side: 'Buy', price: d('95'), stopLoss: d('92') });
    venue.price('90');
    expect(venue.position().size).toBe(0n);
    expect(venue.account.executions).toHaveLength(2);
    expect(venue.engine.venue.truth.epochs[0]).toMatchObject({ closeReason: 'StopLoss', unprotectedMs: 0 });
  });
});

/** The stop's levels after each command while an entry at 95 with an attached stop at 90 fills bit by bit. */
function levelsWhileFilling(attachedStop: 'per-fill' | 'first-fill' | 'never'): string[] {
  const venue = market();
  venue.engine.venue.options.attachedStop = attachedStop;
  venue.engine.venue.options.depthNotional = d('300');
  const levels: string[] = [];
  venue.engine.onEvent((event) => {
    if (event.type === 'end') levels.push(show(venue.position().stopLoss?.triggerPrice ?? 0n));
  });
  venue.place({ side: 'Buy', price: d('95'), qty: d('10'), stopLoss: d('90') });
  while (venue.position().size < d('10')) {
    venue.price('95');
    setStop(venue, { stopLoss: d('93') });
  }
  return levels;
}

describe('stops attached to entries', () => {
  test('each fill of the entry puts them back in place of the moved stop', () => {
    const levels = levelsWhileFilling('per-fill');
    expect(levels.filter((level) => level === '90').length).toBeGreaterThan(2);
  });

  test('under first-fill the second fill leaves the moved stop alone; under never none comes', () => {
    expect(levelsWhileFilling('first-fill').filter((level) => level === '90')).toHaveLength(1);
    expect(levelsWhileFilling('never')).not.toContain('90');
  });

  test('the entry keeps its levels, the stop names it as parent', () => {
    const venue = market();
    const entry = venue.place({ side: 'Sell', orderLinkId: 'e1', stopLoss: d('105'), takeProfit: d('90') });
    expect(entry).toMatchObject({
      stopLoss: d('105'),
      takeProfit: d('90'),
      slTriggerBy: 'LastPrice',
      tpslMode: 'Full',
    });
    expect(venue.position().stopLoss).toMatchObject({ side: 'Buy', triggerDirection: 1, parentOrderLinkId: 'e1' });
    expect(venue.position().takeProfit).toMatchObject({ stopOrderType: 'TakeProfit', triggerDirection: 2 });
  });
});

describe('other stops', () => {
  test('a trailing stop waits for its activation price, then follows the price and never goes back', () => {
    const venue = market();
    venue.place({ side: 'Buy' });
    expect(setStop(venue, { trailingStop: d('3'), activePrice: d('105') })).toBe(0);
    venue.price('104');
    expect(venue.position().trailing?.order).toBeUndefined();
    venue.price('106');
    const order = venue.position().trailing?.order;
    expect(order).toMatchObject({ stopOrderType: 'TrailingStop', triggerPrice: d('103') });
    venue.price('110');
    venue.price('108');
    expect(order?.triggerPrice).toBe(d('107'));
    venue.price('106.9');
    expect(order?.status).toBe('Filled');
    expect(venue.position().trailing).toBeUndefined();
  });

  test('the halves of a Partial pair end each other, and twenty orders are the limit', () => {
    const venue = market();
    venue.place({ side: 'Buy', qty: d('20') });
    const pair = {
      tpslMode: 'Partial',
      stopLoss: d('95'),
      takeProfit: d('105'),
      slSize: d('1'),
      tpSize: d('1'),
    } as const;
    for (let count = 0; count < 10; count += 1) expect(setStop(venue, pair)).toBe(0);
    expect(setStop(venue, pair)).toBe(110061);
    venue.price('105');
    expect(venue.position().size).toBe(d('10'));
    expect(venue.account.open.size).toBe(0);
  });

  test('a conditional order triggers into a market order; with nothing left to reduce it ends', () => {
    const venue = market();
    const orphan = venue.place({ side: 'Sell', triggerPrice: d('95'), triggerDirection: 2, reduceOnly: true });
    const entry = venue.place({ side: 'Buy', triggerPrice: d('105'), triggerDirection: 1 });
    venue.price('106');
    expect(entry).toMatchObject({ status: 'Filled', createType: 'CreateByStopOrder', stopOrderType: 'Stop' });
    venue.place({ side: 'Sell', qty: 0n, reduceOnly: true, closeOnTrigger: true });
    expect(orphan.status).toBe('Untriggered');
    venue.price('94');
    expect(orphan).toMatchObject({ status: 'Cancelled', cancelType: 'CancelByReduceOnly' });
  });
});
