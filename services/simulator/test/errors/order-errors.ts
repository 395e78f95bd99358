import { expect } from 'vitest';
import { SYMBOL } from '../exchange-client.ts';
import { account, asOther, create, options, post, price, repeated, resting } from './provocation.ts';
import type { Provocation } from './provocation.ts';

const rising = { triggerPrice: '110', triggerDirection: 1 };
const batchOf = (count: number): object[] =>
  Array.from({ length: count }, () => ({ symbol: SYMBOL, side: 'Buy', orderType: 'Limit', qty: '1', price: '90' }));

/** What orders are refused with (reference A.5, A.6, C.12 to C.19). */
export const ORDER_ERRORS: readonly Provocation[] = [
  {
    code: 10001,
    when: 'the position index does not fit the mode',
    text: 'position idx not match position mode',
    provoke: (venue) => create(venue, { positionIdx: 1 }),
  },
  {
    code: 10001,
    when: 'the quantity is below the least',
    text: 'The number of contracts exceeds minimum limit allowed',
    provoke: (venue) => create(venue, { qty: '0.01' }),
  },
  {
    code: 10001,
    when: 'the quantity is 0 and the order does not close',
    text: 'The number of contracts exceeds minimum limit allowed',
    provoke: (venue) => create(venue, { qty: '0' }),
  },
  {
    code: 10001,
    when: 'the quantity is above the most',
    text: 'The number of contracts exceeds maximum limit allowed: too large',
    provoke: (venue) => create(venue, { qty: '100000001' }),
  },
  {
    code: 10001,
    when: 'a stop of a long lies above the price',
    text: 'StopLoss:1010000 set for Buy position should lower than base_price:1000000??LastPrice',
    provoke: (venue) => create(venue, { stopLoss: '101' }),
  },
  {
    code: 10001,
    when: 'a stop of a short lies below the price',
    text: 'StopLoss:990000 set for Sell position should greater base_price:1000000??LastPrice',
    provoke: (venue) => create(venue, { side: 'Sell', stopLoss: '99' }),
  },
  {
    code: 10001,
    when: 'a take-profit of a long lies below the price',
    text: 'TakeProfit:990000 set for Buy position should be higher than base_price:1000000??LastPrice',
    provoke: (venue) => create(venue, { takeProfit: '99' }),
  },
  {
    code: 10001,
    when: 'the kind of a stop comes without its mode',
    text: 'slOrderType can not have a value when tpSlMode is empty',
    provoke: (venue) => create(venue, { stopLoss: '95', slOrderType: 'Market' }),
  },
  {
    code: 110001,
    when: 'an order that does not exist is cancelled',
    text: 'order not exists or too late to cancel',
    provoke: (venue) => post(venue, 'order/cancel', { orderId: 'never' }),
  },
  {
    code: 110001,
    when: 'a filled order is amended',
    text: 'order not exists or too late to replace',
    provoke: async (venue) => {
      await create(venue, { orderLinkId: 'gone' });
      return post(venue, 'order/amend', { orderLinkId: 'gone', price: '91' });
    },
  },
  {
    code: 110004,
    when: 'the wallet is empty',
    text: 'wallet balance is insufficient',
    provoke: async (venue) => {
      await account(venue, { balance: '11' });
      await asOther(venue, 'order/create', { side: 'Buy', orderType: 'Market', qty: '1' });
      await price(venue, '85');
      await asOther(venue, 'order/create', { side: 'Sell', orderType: 'Market', qty: '1', reduceOnly: true });
      return asOther(venue, 'order/create', { side: 'Buy', orderType: 'Market', qty: '1' });
    },
  },
  {
    code: 110007,
    when: 'the order would bind more than is free',
    text: 'ab not enough for new order',
    provoke: (venue) => create(venue, { qty: '15000' }),
  },
  {
    code: 110008,
    when: 'a filled order is cancelled, on an exchange that tells so',
    text: 'order has been finished or canceled',
    provoke: async (venue) => {
      await options(venue, { endedOrderCode: 'by-status' });
      await create(venue, { orderLinkId: 'gone' });
      return post(venue, 'order/cancel', { orderLinkId: 'gone' });
    },
  },
  {
    code: 110009,
    when: 'an eleventh conditional order is placed',
    text: 'already had 10 working normal stop orders',
    provoke: (venue) => repeated(11, () => create(venue, rising)),
  },
  {
    code: 110010,
    when: 'a cancelled order is cancelled, on an exchange that tells so',
    text: 'order has been cancelled',
    provoke: async (venue) => {
      await options(venue, { endedOrderCode: 'by-status' });
      await resting(venue, { orderLinkId: 'gone' });
      return repeated(2, () => post(venue, 'order/cancel', { orderLinkId: 'gone' }));
    },
  },
  {
    code: 110017,
    when: 'there is nothing to reduce',
    text: 'orderQty will be truncated to zero',
    provoke: (venue) => create(venue, { side: 'Sell', reduceOnly: true }),
  },
  {
    code: 110017,
    when: 'other orders reduce everything already',
    text: 'orderQty will be truncated to zero',
    provoke: async (venue) => {
      await create(venue);
      return repeated(2, () => resting(venue, { side: 'Sell', price: '110', reduceOnly: true }));
    },
  },
  {
    code: 110020,
    when: 'there are 500 active orders on the symbol',
    text: 'Not allowed to have more than 500 active orders',
    provoke: async (venue) => {
      await repeated(25, () => post(venue, 'order/create-batch', { request: batchOf(20) }));
      return resting(venue);
    },
  },
  {
    code: 110022,
    when: 'a reduce-only order is amended beyond the position, on an exchange that refuses that',
    text: 'qty cannot be amended upward',
    provoke: async (venue) => {
      await options(venue, { reduceOnlyAmendBeyond: 'refuse' });
      await create(venue);
      await resting(venue, { side: 'Sell', price: '110', reduceOnly: true, orderLinkId: 'close' });
      return post(venue, 'order/amend', { orderLinkId: 'close', qty: '2' });
    },
  },
  {
    code: 110057,
    when: 'an order that only reduces brings a stop along',
    text: 'Conditional or reduce-only orders may not carry TP/SL',
    provoke: async (venue) => {
      await create(venue);
      return resting(venue, { side: 'Sell', price: '110', reduceOnly: true, stopLoss: '120' });
    },
  },
  {
    code: 110059,
    when: 'the stop of a partly filled order is changed',
    text: 'cannot modify TP/SL of a partially filled open order',
    provoke: async (venue) => {
      await options(venue, { depthNotional: '100' });
      await resting(venue, { price: '95', qty: '10', orderLinkId: 'part', stopLoss: '80' });
      await price(venue, '95');
      return post(venue, 'order/amend', { orderLinkId: 'part', stopLoss: '81' });
    },
  },
  {
    code: 110064,
    when: 'an order is amended to what is filled of it',
    text: 'The order will be filled or amended qty is not above the filled qty',
    provoke: async (venue) => {
      await options(venue, { depthNotional: '100' });
      await resting(venue, { price: '95', qty: '10', orderLinkId: 'part' });
      await price(venue, '95');
      return post(venue, 'order/amend', { orderLinkId: 'part', qty: '0.1' });
    },
  },
  {
    code: 110072,
    when: 'an orderLinkId is used twice',
    text: 'OrderLinkedID is duplicate',
    provoke: (venue) => repeated(2, () => resting(venue, { orderLinkId: 'twice' })),
  },
  {
    code: 110090,
    when: 'the position would outgrow its leverage',
    text: expect.stringMatching(/^the position may exceed the max\. Please adjust your leverage to \d+ or below$/),
    provoke: async (venue) => {
      await account(venue, { balance: '10000000', leverage: '100' });
      return asOther(venue, 'order/create', { side: 'Buy', orderType: 'Market', qty: '5000' });
    },
  },
  {
    code: 110092,
    when: 'a rising trigger lies at the price',
    text: 'expect Rising, but trigger_price[1000000] <= current[1000000]??LastPrice',
    provoke: (venue) => create(venue, { triggerPrice: '100', triggerDirection: 1 }),
  },
  {
    code: 110093,
    when: 'a falling trigger lies above the price',
    text: 'expect Falling, but trigger_price[1010000] >= current[1000000]??MarkPrice',
    provoke: (venue) => create(venue, { triggerPrice: '101', triggerDirection: 2, triggerBy: 'MarkPrice' }),
  },
];
