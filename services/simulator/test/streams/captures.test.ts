import { describe, expect, test } from 'vitest';
import { exchange } from '../exchange-client.ts';
import type { Exchange } from '../exchange-client.ts';
import { capture, facts, kinds } from './capture.ts';
import { privateSocket, rowsOf } from './socket.ts';
import type { Frame, Socket } from './socket.ts';

const ALL = ['order', 'execution', 'position', 'wallet'];

async function listed(
  venue: Exchange,
  symbol: string,
  filters: { tickSize: string; qtyStep: string; price: string },
): Promise<Socket> {
  await venue.sim('POST', 'instruments', { instruments: [{ symbol, ...filters }] });
  return privateSocket(venue.url, ...ALL);
}

function onlyRow(frame: Frame | undefined): Record<string, unknown> {
  const [row, ...others] = rowsOf(frame);
  expect(others).toEqual([]);
  return row ?? {};
}

/** All that the capture says; younger fields may follow. The order of the names is that of the captures of 2025. */
function expectFacts(row: Record<string, unknown>, real: Record<string, unknown>): void {
  expect(facts(row)).toMatchObject(facts(real));
}

function expectOrderedFacts(row: Record<string, unknown>, real: Record<string, unknown>): void {
  const names = Object.keys(real);
  expect(Object.keys(row).slice(0, names.length)).toEqual(names);
  expectFacts(row, real);
}

function expectWallet(wallet: Record<string, unknown>, real: Record<string, unknown>): void {
  expect(Object.keys(wallet)).toEqual(Object.keys(real));
  expect(kinds(wallet)).toEqual(kinds(real));
  const [coin, realCoin] = [onlyRow({ data: wallet['coin'] }), onlyRow({ data: real['coin'] })];
  expect(Object.keys(coin)).toEqual(Object.keys(realCoin));
  expect(kinds(coin)).toEqual(kinds(realCoin));
}

/** The capture's account is nearly used up, so its liquidation price is in sight; that of a rich one is not. */
function expectPosition(position: Record<string, unknown>, real: Record<string, unknown>): void {
  const names = Object.keys(real);
  expect(Object.keys(position).slice(0, names.length)).toEqual(names);
  const { liqPrice: _far, ...shown } = kinds(real);
  expect(kinds(position)).toMatchObject(shown);
  const none = { takeProfit: '0', stopLoss: '0', trailingStop: '0', bustPrice: '', positionBalance: '0' };
  expect(position).toMatchObject({ entryPrice: '233.02', positionValue: '46.604', unrealisedPnl: '0.0018', ...none });
}

const create = (fields: object): object => ({ category: 'linear', orderType: 'Limit', ...fields });

describe('each frame equals the capture of the same situation', () => {
  test('a resting limit order', async () => {
    await using venue = await exchange();
    using socket = await listed(venue, 'XRPUSDT', { tickSize: '0.0001', qtyStep: '0.1', price: '3.129' });
    await venue.post('order/create', create({ symbol: 'XRPUSDT', side: 'Buy', qty: '10', price: '2.5293' }));
    const [frame] = await socket.topic('order');
    const [real] = capture('ws-private-order-limit-new');
    expect(frame && Object.keys(frame)).toEqual(real && Object.keys(real));
    expect(frame?.['id']).toMatch(/^1000001_XRPUSDT_\d+$/);
    expectOrderedFacts(onlyRow(frame), onlyRow(real));
  });

  test('a fill, from its execution to the position', async () => {
    await using venue = await exchange();
    using socket = await listed(venue, 'SOLUSDT', { tickSize: '0.01', qtyStep: '0.1', price: '233.02' });
    await venue.sim('POST', 'options', { extraFeeRate: '0.000099' });
    await venue.sim('POST', 'price', { symbol: 'SOLUSDT', price: '233.02', mark: '233.029' });
    const order = { symbol: 'SOLUSDT', side: 'Buy', qty: '0.2', price: '235', timeInForce: 'FOK' };
    await venue.post('order/create', create({ ...order, orderLinkId: '1759432560816495533' }));
    await socket.topic('position');
    const frames = socket.frames.filter(({ topic }) => topic !== undefined);
    const real = capture('ws-private-fill-sequence-2025-10');
    expect(frames.map(({ topic }) => topic)).toEqual(real.map(({ topic }) => topic));
    expect(frames.map(Object.keys)).toEqual(real.map(Object.keys));
    const [execution = {}, filled = {}, wallet = {}, position = {}] = frames.map(onlyRow);
    const [realExecution = {}, realFilled = {}, realWallet = {}, realPosition = {}] = real.map(onlyRow);
    expectOrderedFacts(execution, { ...realExecution, orderPrice: '235' });
    expect(Object.keys(execution)).toHaveLength(Object.keys(realExecution).length);
    expectOrderedFacts(filled, { ...realFilled, price: '235' });
    expectWallet(wallet, realWallet);
    expectPosition(position, realPosition);
  });

  test('a trailing stop that follows the price', async () => {
    await using venue = await exchange();
    using socket = await listed(venue, 'BTCUSDT', { tickSize: '0.1', qtyStep: '0.001', price: '62927.6' });
    const order = { symbol: 'BTCUSDT', side: 'Buy', qty: '0.001', orderType: 'Market' };
    await venue.post('order/create', create(order));
    const stop = { category: 'linear', symbol: 'BTCUSDT', trailingStop: '335.9', positionIdx: 0 };
    await venue.post('position/trading-stop', stop);
    const [, frame] = await socket.topic('order', 2);
    const [real] = capture('ws-private-order-trailing-untriggered');
    expectFacts(onlyRow(frame), onlyRow(real));
    expect(frame?.['id']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    await venue.sim('POST', 'price', { symbol: 'BTCUSDT', price: '63000' });
    const [, , moved] = await socket.topic('order', 3);
    expect(onlyRow(moved)).toMatchObject({ triggerPrice: '62664.1', orderStatus: 'Untriggered' });
  });

  test('a closing order and the stop that it deactivates, in one frame', async () => {
    await using venue = await exchange();
    using socket = await listed(venue, 'BTCUSDT', { tickSize: '0.1', qtyStep: '0.001', price: '64809.6' });
    const order = { symbol: 'BTCUSDT', qty: '0.001', orderType: 'Market' };
    await venue.post('order/create', create({ ...order, side: 'Buy' }));
    const stop = { category: 'linear', symbol: 'BTCUSDT', trailingStop: '252.7', positionIdx: 0 };
    await venue.post('position/trading-stop', stop);
    await venue.post('order/create', create({ ...order, side: 'Sell', orderLinkId: 'close' }));
    const [, , frame] = await socket.topic('order', 3);
    const [real] = capture('ws-private-order-close-deactivates-tpsl');
    const [rows, realRows] = [rowsOf(frame), rowsOf(real)];
    expect(rows.map(({ orderStatus }) => orderStatus)).toEqual(['Deactivated', 'Filled']);
    expectFacts(rows[0] ?? {}, realRows[0] ?? {});
    const other = { avgPrice: '64809.5', cumExecValue: '64.8095', price: '61569.1' };
    const money = { cumExecFee: expect.any(String), closedPnl: expect.any(String) };
    expect(facts(rows[1] ?? {})).toMatchObject({ ...facts(realRows[1] ?? {}), ...other, ...money });
  });
});
