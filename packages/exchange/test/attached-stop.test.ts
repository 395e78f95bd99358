import { decimal } from '@backstop/core';
import { expect, test } from 'vitest';
import { amendBody, createBody } from '../src/bybit/bodies.ts';

test('S-02 an amend of the stop that a resting entry carries names that stop and its trigger source, and nothing else', () => {
  const amend = { symbol: 'ALICEUSDT', orderId: 'o-1', stopLoss: decimal('0.45'), slTriggerBy: 'MarkPrice' } as const;
  expect(amendBody(amend)).toEqual({ symbol: 'ALICEUSDT', orderId: 'o-1', stopLoss: '0.45', slTriggerBy: 'MarkPrice' });
});

test('F-21 what a create says of reduceOnly, closeOnTrigger and its position goes out as it is', () => {
  const order = {
    symbol: 'ALICEUSDT',
    positionIdx: 2,
    orderLinkId: 'bs-abcabcdefghijkl-t1-0-0',
    side: 'Buy',
    orderType: 'Limit',
    qty: decimal('2'),
    price: decimal('0.4'),
    timeInForce: 'GTC',
    reduceOnly: true,
    closeOnTrigger: true,
  } as const;
  expect(createBody(order)).toMatchObject({ reduceOnly: true, closeOnTrigger: true, positionIdx: 2 });
  expect(createBody({ ...order, reduceOnly: false, closeOnTrigger: false })).toMatchObject({
    reduceOnly: false,
    closeOnTrigger: false,
  });
});
