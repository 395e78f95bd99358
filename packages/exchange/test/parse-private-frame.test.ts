import { readFile } from 'node:fs/promises';
import { decimal, type PrivateFrame } from '@backstop/core';
import { seedOfTitle } from '@backstop/core/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { parsePrivateFrame } from '../src/index.ts';
import { anyExecution, anyOrder, anyPosition } from './arbitraries.ts';
import { executionFrameRow, orderFrameRow, positionFrameRow, wireFrame } from './wire-frames.ts';

const CREATED_MS = 1_759_432_560_943;
const frames = z.array(z.looseObject({ topic: z.string() }));

async function recorded(name: string): Promise<readonly (PrivateFrame | undefined)[]> {
  const text = await readFile(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8');
  const content: unknown = JSON.parse(text);
  return frames
    .parse(Array.isArray(content) ? content : [content])
    .map((frame) => parsePrivateFrame(JSON.stringify(frame)));
}

test('the recorded frames of a fill are its execution, its order and its position, and nothing of the wallet', async () => {
  const [execution, order, wallet, position, ...more] = await recorded('ws-private-fill-sequence-2025-10');
  expect(execution).toMatchObject({
    topic: 'execution',
    createdMs: CREATED_MS,
    unreadable: [],
    rows: [{ qty: decimal('0.2'), price: decimal('233.02'), stopOrderType: '', fee: decimal('0.030245996') }],
  });
  expect(order).toMatchObject({
    topic: 'order',
    createdMs: CREATED_MS,
    unreadable: [],
    rows: [{ status: 'Filled', stopOrderType: '', triggerPrice: undefined, stopLoss: undefined }],
  });
  expect(wallet).toBeUndefined();
  expect(position).toEqual({
    topic: 'position',
    createdMs: CREATED_MS + 1,
    unreadable: [],
    rows: [
      {
        symbol: 'SOLUSDT',
        positionIdx: 0,
        side: 'Buy',
        size: decimal('0.2'),
        averagePrice: decimal('233.02'),
        stopLoss: undefined,
        liqPrice: decimal('176.89650029'),
        status: 'Normal',
        seq: 227_170_130_491,
        createdTimeMs: 1_758_826_877_748,
        updatedTimeMs: 1_759_432_560_942,
      },
    ],
  });
  expect(more).toEqual([]);
});

test.each([
  ['ws-private-order-close-deactivates-tpsl', 2],
  ['ws-private-order-limit-new', 1],
  ['ws-private-order-trailing-untriggered', 1],
])('the recorded frame %s is read whole', async (name, rows) => {
  const [frame] = await recorded(name);
  expect(frame).toMatchObject({ topic: 'order', unreadable: [] });
  expect(frame?.rows).toHaveLength(rows);
});

test.each([
  '{"success":true,"ret_msg":"","op":"auth","conn_id":"c"}',
  '{"req_id":"1","op":"pong","args":["1759432560943"],"conn_id":"c"}',
  '{"topic":"wallet","id":"1","creationTime":1759432560943,"data":[]}',
  '{"topic":"orderbook.1.BTCUSDT","type":"snapshot","ts":1759432560943,"data":{}}',
  'Failed to decode incoming data',
])('%s is no frame of ours', (text) => {
  expect(parsePrivateFrame(text)).toBeUndefined();
});

function read(topic: string, data: readonly object[]): unknown {
  return parsePrivateFrame(wireFrame(topic, data));
}

test('a frame holds the rows that the exchange wrote into it, new enum values included', () => {
  fc.assert(
    fc.property(fc.array(anyOrder), fc.array(anyPosition), fc.array(anyExecution), (orders, positions, executions) => {
      const whole = { createdMs: CREATED_MS, unreadable: [] };
      expect(read('order', orders.map(orderFrameRow))).toEqual({ topic: 'order', rows: orders, ...whole });
      expect(read('position', positions.map(positionFrameRow))).toEqual({
        topic: 'position',
        rows: positions,
        ...whole,
      });
      expect(read('execution', executions.map(executionFrameRow))).toEqual({
        topic: 'execution',
        rows: executions,
        ...whole,
      });
    }),
    { seed: seedOfTitle() },
  );
});

test('a row with a number that cannot be read is told with its symbol, and its siblings stay', () => {
  fc.assert(
    fc.property(fc.array(anyOrder, { minLength: 1 }), fc.nat(), anyBrokenField, (orders, at, [name, value]) => {
      const index = at % orders.length;
      const data = orders.map((order, i) => ({ ...orderFrameRow(order), ...(i === index && { [name]: value }) }));
      expect(parsePrivateFrame(wireFrame('order', data))).toMatchObject({
        rows: orders.filter((_, i) => i !== index),
        unreadable: [{ symbol: orders[index]?.symbol, why: expect.stringMatching(new RegExp(`^${name}: `)) }],
      });
    }),
    { seed: seedOfTitle() },
  );
});

const anyBrokenField = fc.constantFrom<readonly [string, unknown]>(
  ['qty', '1e-7'],
  ['price', 'NaN'],
  ['leavesQty', 5],
  ['stopLoss', null],
  ['positionIdx', 3],
  ['updatedTime', 'soon'],
);

test('what a row that cannot be read said is not repeated', () => {
  const row = {
    category: 'linear',
    symbol: 'BTCUSDT',
    size: 'a secret',
    side: 'another',
    liqPrice: {},
    entryPrice: 'x',
  };
  const [unreadable] = parsePrivateFrame(wireFrame('position', [row]))?.unreadable ?? [];
  expect(unreadable).toMatchObject({ symbol: 'BTCUSDT' });
  expect(unreadable?.why).not.toMatch(/secret|another/);
});

test('rows of other categories are left out, since a spot order may be of the same symbol', () => {
  const [order] = fc.sample(anyOrder, { numRuns: 1, seed: 1 });
  if (order === undefined) throw new Error('no sample');
  const data = ['spot', 'inverse', 'option', 'linear'].map((category) => ({ ...orderFrameRow(order), category }));
  expect(parsePrivateFrame(wireFrame('order', data))).toMatchObject({ rows: [order], unreadable: [] });
});

test.each([
  ['no category', wireFrame('order', [{ symbol: 'BTCUSDT' }]), [{ symbol: 'BTCUSDT', why: 'category: missing' }]],
  ['no row', wireFrame('order', ['BTCUSDT', null]), [{ symbol: undefined }, { symbol: undefined }]],
  ['no list', wireFrame('execution', [], { data: {} }), [{ symbol: undefined, why: 'data: not a list of rows' }]],
  [
    'no time',
    wireFrame('position', [{ symbol: 'BTCUSDT' }], { creationTime: 'now' }),
    [{ symbol: 'BTCUSDT', why: 'creationTime: not a time' }],
  ],
])('of a frame with %s what is unknown is said, and never taken for empty', (_name, text, unreadable) => {
  expect(parsePrivateFrame(text)).toMatchObject({ rows: [], unreadable });
});

test('a flat position has no side, size 0 and no stop', () => {
  const none = { side: '', size: '0', entryPrice: '0', stopLoss: '0', trailingStop: '0', liqPrice: '' };
  const others = { category: 'linear', symbol: 'BTCUSDT', positionIdx: 0, positionStatus: 'Normal', seq: 7 };
  const text = wireFrame('position', [{ ...others, ...none, createdTime: '1', updatedTime: '2' }]);
  expect(parsePrivateFrame(text)?.rows).toEqual([
    {
      symbol: 'BTCUSDT',
      positionIdx: 0,
      side: undefined,
      size: 0n,
      averagePrice: 0n,
      stopLoss: undefined,
      liqPrice: undefined,
      status: 'Normal',
      seq: 7,
      createdTimeMs: 1,
      updatedTimeMs: 2,
    },
  ]);
});

test('no text is too odd to be read', () => {
  const oddFrame = fc
    .record(
      {
        topic: fc.constantFrom('order', 'position', 'execution', 'wallet'),
        creationTime: fc.jsonValue(),
        data: fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue())),
      },
      { requiredKeys: [] },
    )
    .map((frame) => JSON.stringify(frame));
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), oddFrame), (text) => {
      const frame = parsePrivateFrame(text);
      expect(frame?.rows ?? []).toEqual([]);
    }),
    { seed: seedOfTitle(), numRuns: 500 },
  );
});
