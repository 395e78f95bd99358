import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { exchange } from './exchange-client.ts';
import type { Exchange, Received } from './exchange-client.ts';
import { kinds } from './streams/capture.ts';

type Row = Readonly<Record<string, unknown>>;

const row = z.record(z.string(), z.unknown());
const reply = z.looseObject({ result: z.looseObject({ list: z.array(row), nextPageCursor: z.string().optional() }) });

function content(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`./fixtures/captures/${name}.json`, import.meta.url), 'utf8'));
}

/** A real reply and its first row. */
function captured(name: string): { envelope: Row; result: Row; row: Row; cursor: string } {
  const { list, nextPageCursor = '' } = reply.parse(content(name)).result;
  // Records keep the order of their names.
  const envelope = row.parse(content(name));
  return { envelope, result: row.parse(envelope['result']), row: list[0] ?? {}, cursor: nextPageCursor };
}

function firstOf({ body }: Received): Row {
  return body.result.list?.[0] ?? {};
}

/** The same names in the same order, the same JSON types and the same words for "none"; younger fields may follow. */
function expectSameKinds(mine: Row, real: Row, besides: readonly string[] = []): void {
  expectSameNames(mine, real);
  const checked = Object.entries(kinds(real)).filter(([name]) => !besides.includes(name));
  expect(kinds(mine)).toMatchObject(Object.fromEntries(checked));
}

function expectSameNames(mine: Row, real: Row): void {
  const names = Object.keys(real);
  expect(Object.keys(mine).slice(0, names.length)).toEqual(names);
}

/** Equal to the last digit in everything but what names, numbers and times of their own make of it. */
function expectSame(mine: Row, real: Row, besides: readonly string[]): void {
  const own = new Set([...besides, 'orderId', 'execId', 'seq', 'createdTime', 'updatedTime', 'execTime']);
  expect(mine).toMatchObject(Object.fromEntries(Object.entries(real).filter(([name]) => !own.has(name))));
}

function coinsOf({ coin }: Row): readonly Row[] {
  return z.array(row).parse(coin);
}

/** A cursor with every id and number replaced, so that only its form is left. */
function form(cursor: string): string {
  return decodeURIComponent(cursor)
    .replaceAll(/[0-9a-f]{8}[0-9a-f-]{28}/g, 'id')
    .replaceAll(/(?<=:|^|,)\d{3,}|(?<=^|,)\d+(?=:)/g, 'n');
}

async function listed(venue: Exchange, instrument: object): Promise<void> {
  expect((await venue.sim('POST', 'instruments', { instruments: [instrument] })).status).toBe(200);
}

const LTC = { category: 'linear', symbol: 'LTCUSDT' };
const litecoin = {
  symbol: 'LTCUSDT',
  tickSize: '0.01',
  qtyStep: '0.1',
  riskTiers: [{ riskLimitValue: '200000', maxLeverage: '50', maintenanceRate: '0.01' }],
};

async function price(venue: Exchange, last: string, mark = last): Promise<void> {
  await venue.sim('POST', 'price', { symbol: 'LTCUSDT', price: last, mark });
}

async function market(venue: Exchange, side: string, qty: string): Promise<void> {
  const { body } = await venue.post('order/create', { ...LTC, side, qty, orderType: 'Market' });
  expect(body.retCode).toBe(0);
}

describe('each REST reply equals the capture of the same situation', () => {
  test('a market order that was executed', async () => {
    await using venue = await exchange();
    await listed(venue, { ...litecoin, price: '85.11' });
    await price(venue, '85.11', '85.07');
    await market(venue, 'Buy', '0.1');
    const { row: real, cursor, envelope, result } = captured('rest-execution-list-linear-trade');
    const mine = await venue.get('execution/list', LTC);
    expect(Object.keys(mine.body)).toEqual(Object.keys(envelope));
    expectSameNames(mine.body.result, result);
    expect(form(mine.body.result.nextPageCursor ?? '')).toBe(form(cursor));
    expectSame(firstOf(mine), real, []);
    expectSameKinds(firstOf(mine), real);
  });

  test('a limit order in the book', async () => {
    await using venue = await exchange();
    await listed(venue, { symbol: 'BTCUSDT', tickSize: '0.1', qtyStep: '0.001', price: '160995.3' });
    await venue.sim('POST', 'options', { protection: '0.9' });
    const fields = { side: 'Buy', orderType: 'Limit', qty: '0.001', price: '102000' };
    await venue.post('order/create', { category: 'linear', symbol: 'BTCUSDT', ...fields });
    const { row: real, cursor, result } = captured('rest-order-realtime-linear-limit-new');
    const mine = await venue.get('order/realtime', { category: 'linear', symbol: 'BTCUSDT' });
    expectSameNames(mine.body.result, result);
    expectSame(firstOf(mine), real, []);
    expectSameKinds(firstOf(mine), real);
    expect(form(mine.body.result.nextPageCursor ?? '')).toBe(form(cursor));
  });

  test('an open position, its money to the last digit', async () => {
    await using venue = await exchange();
    await listed(venue, { ...litecoin, price: '64.6' });
    await venue.post('position/set-leverage', { ...LTC, buyLeverage: '6', sellLeverage: '6' });
    await venue.sim('POST', 'options', { marginPrice: 'entry' });
    // 9.1 at 64.60 and 0.5 at 64.59 leave, after 8.4 are sold, the average price of the capture.
    await market(venue, 'Buy', '9.1');
    await price(venue, '64.59');
    await market(venue, 'Buy', '0.5');
    await market(venue, 'Sell', '8.4');
    await price(venue, '71.1');
    const { row: real, cursor, result } = captured('rest-position-list-linear-open');
    const mine = await venue.get('position/list', { category: 'linear', settleCoin: 'USDT' });
    expectSameNames(mine.body.result, result);
    // The reserves within the two margins of this capture differ from each other in the seventh digit: its size came about
    // in ways that are not in it.
    const margins = ['positionIM', 'positionMM'] as const;
    for (const name of margins) expect(Number(firstOf(mine)[name])).toBeCloseTo(Number(real[name]), 5);
    const own = [...margins, 'cumRealisedPnl', 'riskId', 'positionBalance', 'mmrSysUpdatedTime'];
    expectSame(firstOf(mine), real, own);
    expectSameKinds(firstOf(mine), real, ['mmrSysUpdatedTime']);
    expect(form(mine.body.result.nextPageCursor ?? '')).toBe(form(cursor));
  });

  test('a flat position', async () => {
    await using venue = await exchange();
    await listed(venue, { ...litecoin, price: '68' });
    await venue.post('position/set-leverage', { ...LTC, buyLeverage: '6', sellLeverage: '6' });
    await market(venue, 'Buy', '1');
    await market(venue, 'Sell', '1');
    const { row: real, cursor } = captured('rest-position-list-linear-empty-position');
    const mine = await venue.get('position/list', LTC);
    expectSame(firstOf(mine), real, ['cumRealisedPnl', 'riskId', 'mmrSysUpdatedTime', 'markPrice']);
    expectSameKinds(firstOf(mine), real, ['mmrSysUpdatedTime']);
    expect(form(mine.body.result.nextPageCursor ?? '')).toBe(form(cursor));
  });

  test('a wallet, with its coins', async () => {
    await using venue = await exchange();
    const { row: real } = captured('rest-wallet-balance-unified');
    const mine = firstOf(await venue.get('account/wallet-balance', { accountType: 'UNIFIED' }));
    expectSameKinds(mine, real);
    const realCoin = coinsOf(real).find(({ coin }) => coin === 'USDT') ?? {};
    expectSameKinds(coinsOf(mine)[0] ?? {}, realCoin);
    const zero = [
      'bonus',
      'borrowAmount',
      'accruedInterest',
      'totalOrderIM',
      'spotHedgingQty',
      'availableToBorrow',
      'availableToWithdraw',
    ];
    for (const name of [...zero, 'collateralSwitch', 'marginCollateral']) {
      expect([name, coinsOf(mine)[0]?.[name]]).toEqual([name, realCoin[name]]);
    }
  });

  test('the acknowledgements of orders', async () => {
    await using venue = await exchange();
    const real = z.record(z.string(), row).parse(content('rest-order-acks'));
    const entry = { category: 'linear', symbol: 'TESTUSDT', orderLinkId: 'bybit1' };
    const limit = { side: 'Buy', orderType: 'Limit', qty: '1', price: '90' };
    const acks = {
      create: await venue.post('order/create', { ...entry, ...limit }),
      amend: await venue.post('order/amend', { ...entry, price: '91' }),
      cancelAll: await venue.post('order/cancel-all', { category: 'linear', settleCoin: 'USDT' }),
    };
    for (const [name, { body }] of Object.entries(acks)) {
      const { result, ...envelope } = z.looseObject({ result: row }).parse(real[name]);
      expect(Object.keys(body)).toEqual(Object.keys(real[name] ?? {}));
      expect(kinds(body)).toMatchObject(kinds(envelope));
      expect(kinds(body.result)).toEqual(kinds(result));
    }
    expect(acks.cancelAll.body.result).toMatchObject({ success: '1', list: [{ orderLinkId: 'bybit1' }] });
  });
});
