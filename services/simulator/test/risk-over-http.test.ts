import { describe, expect, test } from 'vitest';
import { exchange, order, SYMBOL } from './exchange-client.ts';
import type { Received } from './exchange-client.ts';

const LINEAR = { category: 'linear' };

const codeOf = ({ body }: Received): number => body.retCode;
const listOf = ({ body }: Received): readonly Record<string, unknown>[] => body.result.list ?? [];
const symbolsOf = (rows: readonly Record<string, unknown>[]): readonly unknown[] => [
  ...new Set(rows.map(({ symbol }) => symbol)),
];

describe('risk limits', () => {
  test('come for one symbol, or for fifteen symbols a page', async () => {
    await using venue = await exchange();
    const riskTiers = [
      { riskLimitValue: '50000', maxLeverage: '75', maintenanceRate: '0.01' },
      { riskLimitValue: '80000', maxLeverage: '50', maintenanceRate: '0.02' },
    ];
    const names = Array.from({ length: 16 }, (_, index) => `A${String.fromCodePoint(65 + index)}USDT`);
    const instruments = names.map((symbol) => ({ symbol, tickSize: '0.1', qtyStep: '0.1', price: '10', riskTiers }));
    await venue.sim('POST', 'instruments', { instruments });
    const one = await venue.get('market/risk-limit', { ...LINEAR, symbol: 'AAUSDT' });
    expect(listOf(one)).toEqual([
      {
        id: 11,
        symbol: 'AAUSDT',
        riskLimitValue: '50000',
        maintenanceMargin: '0.01',
        initialMargin: '0.01333333',
        isLowestRisk: 1,
        maxLeverage: '75.00',
        mmDeduction: '0',
      },
      {
        id: 12,
        symbol: 'AAUSDT',
        riskLimitValue: '80000',
        maintenanceMargin: '0.02',
        initialMargin: '0.02',
        isLowestRisk: 0,
        maxLeverage: '50.00',
        mmDeduction: '500',
      },
    ]);
    const first = await venue.get('market/risk-limit', LINEAR);
    expect(symbolsOf(listOf(first))).toEqual(names.slice(0, 15));
    const { nextPageCursor: cursor = '' } = first.body.result;
    const second = await venue.get('market/risk-limit', { ...LINEAR, cursor });
    expect(symbolsOf(listOf(second))).toEqual([names[15], SYMBOL]);
    expect(second.body.result.nextPageCursor).toBe('');
    expect(codeOf(await venue.get('market/risk-limit', { ...LINEAR, symbol: 'NONEUSDT' }))).toBe(10001);
  });
});

describe('what the exchange does by itself, on command', () => {
  test('liquidates, deleverages and delists', async () => {
    await using venue = await exchange();
    const [account, symbol] = ['main', SYMBOL];
    expect((await venue.sim('POST', 'liquidate', { account, symbol })).status).toBe(400);
    await venue.post('order/create', order({ qty: '3' }));
    await venue.sim('POST', 'adl', { account, symbol, qty: '1' });
    await venue.sim('POST', 'liquidate', { account, symbol });
    await venue.post('order/create', order({ qty: '2' }));
    await venue.sim('POST', 'settle', { symbol, price: '99' });
    const executions = listOf(await venue.get('execution/list', LINEAR));
    expect(executions.map(({ execType, execPrice }) => [execType, execPrice])).toEqual([
      ['Delivery', '99'],
      ['Trade', '100'],
      ['BustTrade', '90'],
      ['AdlTrade', '100'],
      ['Trade', '100'],
    ]);
    expect(codeOf(await venue.post('order/create', order({})))).toBe(110074);
    expect((await venue.sim('POST', 'funding', { symbol: 'NONEUSDT', rate: '1' })).status).toBe(400);
    expect((await venue.sim('POST', 'fees', { account: 'nobody', takerFeeRate: 'x' })).status).toBe(400);
  });
});
