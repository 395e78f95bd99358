import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decimal } from '../../src/engine/decimal.ts';
import { createEngine } from '../../src/engine/engine.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { createMarket } from '../../src/market/market.ts';
import { applySetup, instrumentsBody, accountsBody } from '../../src/sim/setup.ts';
import { plainOrder } from '../../src/engine/orders/plain-order.ts';
import { ask, barsOf, bookIn, bookOf, received, rowsIn, rowsOf, topicOf } from './public-calls.ts';
import type { Row } from './public-calls.ts';

const SYMBOL = 'BTCUSDT';
const HOUR_MS = 3_600_000;

function textOf(name: string): string {
  return readFileSync(new URL(`../fixtures/captures/${name}.json`, import.meta.url), 'utf8');
}

function resultOf(name: string): Row {
  const reply: { result: Row } = JSON.parse(textOf(name));
  return reply.result;
}

function firstRow(name: string): Row {
  const reply: { result: { list: Row[] } } = JSON.parse(textOf(name));
  return reply.result.list[0] ?? {};
}

function capturedBars(): string[][] {
  const reply: { result: { list: string[][] } } = JSON.parse(textOf('rest-kline-linear-60'));
  return reply.result.list;
}

const keys = (value: unknown): string[] => Object.keys(value ?? {});

/** The first prices of a book's sides. */
function best(frame: Row | undefined): unknown {
  const { b, a } = bookIn(frame).data;
  return [b[0]?.[0], a[0]?.[0]];
}

const withoutVolume = (rows: string[][]): unknown => rows.map((row) => row.slice(0, 5));

/** BTCUSDT as the captures have it, with one account, at the time of the ticker's capture less a day. */
function bitcoin(startMs = 1_730_730_080_834 - 24 * HOUR_MS): {
  engine: Engine;
  move: (last: string, other?: { mark: string; index: string }) => void;
  pass: (ms: number) => void;
  buy: (qty: string) => void;
} {
  let nowMs = startMs;
  const engine = createEngine({ nowMs: () => nowMs, seed: 7 });
  createMarket(engine, 7);
  const { instruments } = instrumentsBody.parse({
    instruments: [
      {
        symbol: SYMBOL,
        tickSize: '0.10',
        priceScale: 2,
        qtyStep: '0.001',
        maxOrderQty: '1190',
        maxMktOrderQty: '500',
        price: '67993.80',
      },
    ],
  });
  const { accounts } = accountsBody.parse({
    accounts: [{ name: 'main', apiKey: 'key', secret: 'secret', balance: '100000000' }],
  });
  applySetup(engine, { instruments, accounts });
  return {
    engine,
    move: (last, { mark, index } = { mark: last, index: last }) =>
      engine.movePrice(SYMBOL, { last: decimal(last), mark: decimal(mark), index: decimal(index) }),
    pass: (ms) => {
      nowMs += ms;
      engine.runDue();
    },
    buy: (qty) => {
      const account = engine.venue.accounts.get('main');
      if (account === undefined) throw new Error('no account');
      engine.placeOrder(account, {
        ...plainOrder,
        symbol: SYMBOL,
        side: 'Buy',
        orderType: 'Market',
        qty: decimal(qty),
        positionIdx: 0,
      });
    },
  };
}

/** The day before the ticker's capture, as far as its figures tell. */
function dayOfTicker(): ReturnType<typeof bitcoin> {
  const made = bitcoin();
  const { move, pass } = made;
  pass(HOUR_MS);
  move('69497.00');
  pass(HOUR_MS);
  move('67456.10');
  pass(20 * HOUR_MS);
  move('69200.10');
  pass(2 * HOUR_MS);
  move('68577.50', { mark: '68591.46', index: '68599.90' });
  return made;
}

/** How a value is written: its JSON type, and for a number in a text whether and how its digits are fixed. */
function formOf(value: unknown): string {
  if (typeof value !== 'string') return value === null ? 'null' : typeof value;
  if (value === '') return 'empty text';
  return /^-?\d+(\.\d+)?$/.test(value) ? 'number in a text' : 'text';
}

const placesOf = (value: unknown): number => String(value).split('.')[1]?.length ?? 0;

describe('rows have the fields of the captures, and their values where the situation is the same', () => {
  test('instruments-info', () => {
    const { engine } = bitcoin();
    const [row] = rowsOf(engine, 'instruments-info', { symbol: SYMBOL });
    const captured = firstRow('rest-instruments-info-linear');
    expect(row).toEqual({ ...captured, symbolId: 1, displayName: '' });
    expect(keys(row).filter((name) => name !== 'displayName')).toEqual(keys(captured));
    expect(keys(ask(engine, 'instruments-info', {}))).toEqual(keys(resultOf('rest-instruments-info-linear')));
  });

  test('tickers', () => {
    const captured = firstRow('rest-tickers-linear');
    const { engine } = dayOfTicker();
    const [row = {}] = rowsOf(engine, 'tickers', { symbol: SYMBOL });
    for (const [field, value] of Object.entries(captured))
      expect([field, formOf(row[field])]).toEqual([field, formOf(value)]);
    expect(keys(row).slice(0, keys(captured).length)).toEqual(keys(captured));
    const later = [
      'singleOpenInterest',
      'singleOpenInterestValue',
      'fundingIntervalHour',
      'fundingCap',
      'basisRateYear',
    ];
    expect(
      Object.keys(row)
        .filter((field) => !(field in captured))
        .toSorted(),
    ).toEqual(later.toSorted());
    const situation = ['openInterest', 'openInterestValue', 'turnover24h', 'volume24h', 'ask1Size', 'bid1Size'];
    for (const field of situation) expect([field, placesOf(row[field])]).toEqual([field, placesOf(captured[field])]);
    const rest = Object.entries(captured).filter(([field]) => !situation.includes(field));
    expect(row).toMatchObject(Object.fromEntries(rest));
  });

  test('klines, each opening at the close before it', () => {
    const captured = capturedBars();
    const first = captured.at(-1) ?? [];
    const { engine, move, pass } = bitcoin(Number(first[0]) - HOUR_MS);
    move(String(first[1]));
    pass(HOUR_MS);
    for (const row of captured.toReversed()) {
      for (const price of row.slice(2, 5)) move(price);
      pass(HOUR_MS);
    }
    const query = { symbol: SYMBOL, interval: '60', end: String(captured[0]?.[0]), limit: '3' };
    const rows = barsOf(engine, 'kline', query);
    expect(keys(ask(engine, 'kline', query))).toEqual(keys(resultOf('rest-kline-linear-60')));
    expect(withoutVolume(rows)).toEqual(withoutVolume(captured));
    for (const row of rows) expect(row.map(formOf)).toEqual(Array(7).fill('number in a text'));
  });

  test('open interest', () => {
    const captured = resultOf('rest-open-interest-linear');
    const { engine, buy, pass } = dayOfTicker();
    buy('1.500');
    pass(HOUR_MS);
    const result = ask(engine, 'open-interest', { symbol: SYMBOL, intervalTime: '1h', limit: '1' });
    expect(Object.keys(result)).toEqual(Object.keys(captured));
    expect(result['list']).toEqual([
      { openInterest: '3.00000000', singleOpenInterest: '1.50000000', timestamp: '1730732400000' },
    ]);
    const shape = /^lastid%3D\d+%26lasttime%3D\d{10}$/;
    expect(captured['nextPageCursor']).toMatch(shape);
    expect(result['nextPageCursor']).toMatch(shape);
    const [ticker] = rowsOf(engine, 'tickers', { symbol: SYMBOL });
    expect(ticker).toMatchObject({
      openInterest: '3.000',
      openInterestValue: '205774.38',
      singleOpenInterest: '1.500',
      singleOpenInterestValue: '102887.19',
    });
  });

  test('order book', () => {
    const captured = resultOf('rest-orderbook-linear');
    const { engine } = dayOfTicker();
    const result = ask(engine, 'orderbook', { symbol: SYMBOL, limit: '2' });
    for (const [field, value] of Object.entries(captured))
      expect([field, formOf(result[field])]).toEqual([field, formOf(value)]);
    expect(Object.keys(result)).toEqual([...Object.keys(captured), 'cts']);
    expect(result['a']).toEqual([
      ['68577.5', '1190'],
      ['68577.6', '1190'],
    ]);
    expect(bookOf(engine, { symbol: SYMBOL, limit: '2' }).b[0]?.[0]).toBe('68577.4');
  });

  test('recent trades', () => {
    const captured = firstRow('rest-recent-trade-linear');
    const { engine, move, buy } = bitcoin();
    move('51444.40');
    buy('0.972');
    const [row = {}] = rowsOf(engine, 'recent-trade', { symbol: SYMBOL, limit: '1' });
    const { execId, time, ...same } = captured;
    expect(row).toMatchObject(same);
    expect(row['execId']).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
    expect([formOf(row['time']), formOf(row['seq'])]).toEqual([formOf(time), 'number in a text']);
    expect(formOf(execId)).toBe('text');
    expect(Object.keys(row)).toEqual([...Object.keys(captured), 'isRPITrade', 'seq']);
  });
});

describe('frames have the keys of the captures in their order', () => {
  const frames: Row[] = JSON.parse(textOf('ws-public-linear-frames'));
  const captured = (topic: string, type: string): Row =>
    frames.find((frame) => String(frame['topic']).startsWith(topic) && frame['type'] === type) ?? {};

  test('orderbook snapshot and delta', () => {
    const { engine, move } = bitcoin();
    move('86723.50');
    const topic = topicOf(engine, `orderbook.50.${SYMBOL}`);
    const snapshot = captured('orderbook', 'snapshot');
    const [first] = topic.snapshot(1).map(received);
    move('86723.40');
    const [second] = topic.tick(2).map(received);
    for (const [frame, like] of [[first, snapshot] as const, [second, captured('orderbook', 'delta')] as const]) {
      expect(keys(frame)).toEqual(keys(like));
      expect(keys(frame?.data)).toEqual(keys(like['data']));
    }
    expect(best(first)).toEqual(best(snapshot));
    expect(first?.data['b']).toHaveLength(50);
  });

  test('tickers delta', () => {
    const { engine, move, buy } = bitcoin();
    buy('1');
    move('86716.30', { mark: '86716.20', index: '86756.60' });
    const topic = topicOf(engine, `tickers.${SYMBOL}`);
    move('86716.30', { mark: '86716.30', index: '86756.70' });
    const like = captured('tickers', 'delta');
    const [frame] = topic.tick(1).map(received);
    expect(keys(frame)).toEqual(keys(like));
    expect(keys(frame?.data).toSorted()).toEqual(keys(like['data']).toSorted());
    expect(frame?.data).toMatchObject({ symbol: SYMBOL, markPrice: '86716.30', indexPrice: '86756.70' });
    for (const value of ['openInterestValue', 'singleOpenInterestValue']) expect(placesOf(frame?.data[value])).toBe(2);
  });

  test('public trade', () => {
    const { engine, move, buy } = bitcoin();
    move('69917.00');
    move('69916.90');
    move('69916.90');
    const topic = topicOf(engine, `publicTrade.${SYMBOL}`);
    buy('0.020');
    const like = captured('publicTrade', 'snapshot');
    const [frame] = topic.tick(1).map(received);
    const [trade] = rowsIn(frame);
    const [likeTrade = {}] = rowsIn(like);
    expect(keys(frame)).toEqual(keys(like));
    const { T, i, seq, ...same } = likeTrade;
    expect(trade).toMatchObject(same);
    expect(keys(trade)).toEqual(keys(likeTrade));
    expect([formOf(trade?.['T']), formOf(trade?.['i']), formOf(trade?.['seq'])]).toEqual([T, i, seq].map(formOf));
  });
});
