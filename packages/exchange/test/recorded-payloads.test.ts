import { readFile } from 'node:fs/promises';
import { decimal } from '@backstop/core';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { acknowledged } from '../src/bybit/acknowledgement.ts';
import { executionRow } from '../src/bybit/execution-row.ts';
import { instrumentRow } from '../src/bybit/instrument-row.ts';
import { pageParser } from '../src/bybit/listing.ts';
import { orderRow } from '../src/bybit/order-row.ts';
import { positionRow } from '../src/bybit/position-row.ts';
import { type Reply, replySchema } from '../src/bybit/reply.ts';
import { tickerRow } from '../src/bybit/ticker-row.ts';
import { equityOf } from '../src/bybit/wallet-row.ts';

async function recorded(name: string): Promise<unknown> {
  return JSON.parse(await readFile(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'));
}

/** One frame of the private stream. */
const frame = z.object({ topic: z.string(), data: z.array(z.unknown()) });

async function reply(name: string): Promise<Reply> {
  return replySchema.parse(await recorded(name));
}

test('a recorded open position becomes a row without stop and liquidation price', async () => {
  const { rows, cursor } = pageParser('position/list', positionRow)(await reply('rest-position-list-linear-open'));
  expect(cursor).toBe('LTCUSDT%2C1699948800031%2C0');
  expect(rows).toEqual([
    {
      symbol: 'LTCUSDT',
      positionIdx: 0,
      side: 'Buy',
      size: decimal('1.2'),
      averagePrice: decimal('64.59947917'),
      stopLoss: undefined,
      liqPrice: undefined,
      status: 'Normal',
      seq: 15411084098,
      createdTimeMs: 1677168085779,
      updatedTimeMs: 1699948800031,
    },
  ]);
});

test('a recorded flat position has no side and size 0', async () => {
  const { rows } = pageParser('position/list', positionRow)(await reply('rest-position-list-linear-empty-position'));
  expect(rows).toMatchObject([{ symbol: 'LTCUSDT', side: undefined, size: 0n, averagePrice: 0n, seq: 15470569116 }]);
});

test('a recorded resting limit order becomes a row', async () => {
  const { rows } = pageParser('orders', orderRow)(await reply('rest-order-realtime-linear-limit-new'));
  expect(rows).toEqual([
    {
      orderId: '3606515b-e4d7-4ea4-b096-bb247d0661ae',
      orderLinkId: '',
      symbol: 'BTCUSDT',
      positionIdx: 0,
      side: 'Buy',
      orderType: 'Limit',
      status: 'New',
      stopOrderType: '',
      price: decimal('102000'),
      qty: decimal('0.001'),
      leavesQty: decimal('0.001'),
      cumExecQty: 0n,
      triggerPrice: undefined,
      triggerBy: undefined,
      stopLoss: undefined,
      reduceOnly: false,
      cancelType: 'UNKNOWN',
      rejectReason: 'EC_NoError',
      createdTimeMs: 1758189775648,
      updatedTimeMs: 1758189775651,
    },
  ]);
});

test('a recorded trailing stop has a trigger price and no price', async () => {
  const { data } = frame.parse(await recorded('ws-private-order-trailing-untriggered'));
  expect(orderRow.parse(data[0])).toMatchObject({
    stopOrderType: 'TrailingStop',
    status: 'Untriggered',
    price: undefined,
    triggerPrice: decimal('62591.7'),
    triggerBy: 'LastPrice',
    reduceOnly: true,
  });
});

test('recorded orders of a close keep the reasons of the exchange', async () => {
  const { data } = frame.parse(await recorded('ws-private-order-close-deactivates-tpsl'));
  const rows = data.map((row) => orderRow.parse(row));
  expect(rows.map(({ status, cancelType }) => `${status} ${cancelType}`)).toContain('Deactivated CancelByTpSlTsClear');
});

test('a recorded fill becomes an execution with its fee', async () => {
  const { rows } = pageParser('execution/list', executionRow)(await reply('rest-execution-list-linear-trade'));
  expect(rows).toEqual([
    {
      execId: '751c8dba-bdeb-5d0c-9dd3-dda6bf98cdaf',
      orderId: 'c18b72e4-1bf7-4c30-9b99-ba3274066029',
      orderLinkId: '',
      symbol: 'LTCUSDT',
      side: 'Buy',
      execType: 'Trade',
      stopOrderType: '',
      createType: 'CreateByUser',
      price: decimal('85.11'),
      qty: decimal('0.1'),
      value: decimal('8.511'),
      fee: decimal('0.00468105'),
      closedSize: 0n,
      seq: 15961900053,
      timeMs: 1710762918390,
    },
  ]);
});

test('a recorded fill pays its fee and the tax on it', async () => {
  const frames = z.array(frame).parse(await recorded('ws-private-fill-sequence-2025-10'));
  const [fill] = frames.filter(({ topic }) => topic === 'execution').flatMap(({ data }) => data);
  expect(executionRow.parse(fill)).toMatchObject({ qty: decimal('0.2'), fee: decimal('0.030245996') });
});

test('recorded rules of a perpetual become an instrument', async () => {
  const { rows } = pageParser('instruments', instrumentRow)(await reply('rest-instruments-info-linear'));
  expect(rows).toEqual([
    {
      symbol: 'BTCUSDT',
      instrument: {
        symbol: 'BTCUSDT',
        status: 'Trading',
        tickSize: decimal('0.1'),
        qtyStep: decimal('0.001'),
        minOrderQty: decimal('0.001'),
        maxOrderQty: decimal('1190'),
        maxMktOrderQty: decimal('500'),
        minNotionalValue: decimal('5'),
        deliveryTimeMs: 0,
      },
    },
  ]);
});

test('a recorded ticker has three prices', async () => {
  const { rows } = pageParser('tickers', tickerRow)(await reply('rest-tickers-linear'));
  expect(rows).toEqual([
    {
      symbol: 'BTCUSDT',
      prices: { last: decimal('68577.5'), mark: decimal('68591.46'), index: decimal('68599.9') },
    },
  ]);
});

test('a recorded acknowledgement names the order', async () => {
  const { create } = z.object({ create: replySchema }).parse(await recorded('rest-order-acks'));
  expect(acknowledged(create)).toEqual({ ok: true, orderId: '1971981115648733696' });
});

test('of a recorded wallet the equity in USDT counts, not what other coins are worth', async () => {
  expect(equityOf(await reply('rest-wallet-balance-unified'))).toBe(decimal('3304.29766609'));
});

test.each([
  ['no USDT', [{ coin: 'BTC', equity: '1' }]],
  ['an equity that is left empty', [{ coin: 'USDT', equity: '' }]],
])('a wallet with %s is unknown, and not empty', async (_name, coin) => {
  const wallet = {
    ...(await reply('rest-wallet-balance-unified')),
    result: { list: [{ accountType: 'UNIFIED', coin }] },
  };
  expect(() => equityOf(wallet)).toThrow(expect.objectContaining({ reason: 'rejected' }));
});
