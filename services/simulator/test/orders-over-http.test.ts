import { describe, expect, test } from 'vitest';
import { exchange, order, SYMBOL } from './exchange-client.ts';
import type { Received } from './exchange-client.ts';

const LINEAR = { category: 'linear' };
const USDT = { ...LINEAR, settleCoin: 'USDT' };

const codeOf = ({ body }: Received): number => body.retCode;
const listOf = ({ body }: Received): readonly Record<string, unknown>[] => body.result.list ?? [];

describe('orders over the wire', () => {
  test('an entry with an attached stop opens protected; the price reaching it closes the position', async () => {
    await using venue = await exchange();
    await venue.post('order/create', order({ orderType: 'Limit', price: '95', stopLoss: '90', orderLinkId: 'e1' }));
    await venue.sim('POST', 'price', { symbol: SYMBOL, price: '94.9' });
    const stops = await venue.get('order/realtime', { ...USDT, orderFilter: 'StopOrder' });
    expect(listOf(stops)).toMatchObject([
      {
        stopOrderType: 'StopLoss',
        orderStatus: 'Untriggered',
        triggerPrice: '90',
        qty: '1',
        orderLinkId: '',
        price: '0',
      },
    ]);
    await venue.sim('POST', 'price', { symbol: SYMBOL, price: '89' });
    expect(listOf(await venue.get('position/list', USDT))).toEqual([]);
    expect((await venue.sim('GET', 'truth')).body['positions']).toMatchObject([
      { account: 'main', closeReason: 'StopLoss', unprotectedMs: 0, entryFills: 1, reduceFills: 1 },
    ]);
  });

  test('the answers that a client has to know: 110017, 110072, 34040, 110001, 10001', async () => {
    await using venue = await exchange();
    const stop = { ...LINEAR, symbol: SYMBOL, tpslMode: 'Full', positionIdx: 0, stopLoss: '95' };
    expect((await venue.post('position/trading-stop', stop)).body).toMatchObject({
      retCode: 10001,
      retMsg: 'can not set tp/sl/ts for zero position',
      result: {},
    });
    await venue.post('order/create', order({ orderLinkId: 'a' }));
    expect((await venue.post('order/create', order({ orderLinkId: 'a' }))).body).toMatchObject({
      retCode: 110072,
      retMsg: 'OrderLinkedID is duplicate',
    });
    expect(codeOf(await venue.post('position/trading-stop', stop))).toBe(0);
    expect((await venue.post('position/trading-stop', stop)).body).toMatchObject({
      retCode: 34040,
      retMsg: 'not modified',
    });
    const profit = { side: 'Sell', orderType: 'Limit', price: '110', reduceOnly: true };
    expect(codeOf(await venue.post('order/create', order(profit)))).toBe(0);
    expect((await venue.post('order/create', order(profit))).body).toMatchObject({
      retCode: 110017,
      retMsg: 'orderQty will be truncated to zero',
    });
    expect(codeOf(await venue.post('order/cancel', { ...LINEAR, symbol: SYMBOL, orderLinkId: 'a' }))).toBe(110001);
    expect((await venue.post('position/trading-stop', { ...stop, stopLoss: '101' })).body).toMatchObject({
      retCode: 10001,
      retMsg: 'StopLoss:1010000 set for Buy position should lower than base_price:1000000??LastPrice',
    });
  });

  test('a batch succeeds in part, in the order of its items', async () => {
    await using venue = await exchange();
    const item = { symbol: SYMBOL, side: 'Buy', orderType: 'Limit', qty: '1', price: '90' };
    const items = [
      { ...item, orderLinkId: 'a' },
      { ...item, price: '90.05', orderLinkId: 'b' },
      { ...item, orderLinkId: 'a' },
    ];
    const reply = await venue.post('order/create-batch', { ...LINEAR, request: items });
    expect(codeOf(reply)).toBe(0);
    expect(reply.body.retExtInfo.list?.map(({ code }) => code)).toEqual([0, 10001, 110072]);
    expect(listOf(reply)).toMatchObject([
      { orderLinkId: 'a', createAt: expect.stringMatching(/^\d+$/) },
      { orderLinkId: 'b', orderId: '', createAt: '' },
      { orderLinkId: 'a', orderId: '', createAt: '' },
    ]);
    const amend = { symbol: SYMBOL, orderLinkId: 'a', price: '91' };
    const amended = await venue.post('order/amend-batch', {
      ...LINEAR,
      request: [amend, { ...amend, orderLinkId: 'z' }],
    });
    expect(amended.body.retExtInfo.list?.map(({ code }) => code)).toEqual([0, 110001]);
    const cancelled = await venue.post('order/cancel-batch', { ...LINEAR, request: [amend, amend] });
    expect(cancelled.body.retExtInfo.list?.map(({ code }) => code)).toEqual([0, 110001]);
    const tooMany = Array.from({ length: 21 }, () => item);
    expect(codeOf(await venue.post('order/create-batch', { ...LINEAR, request: tooMany }))).toBe(10001);
  });

  test('mode and leverage change when nothing stands in the way', async () => {
    await using venue = await exchange();
    const symbol = { ...LINEAR, symbol: SYMBOL };
    const leverage = { ...symbol, buyLeverage: '5', sellLeverage: '5' };
    expect(codeOf(await venue.post('position/set-leverage', leverage))).toBe(0);
    expect(codeOf(await venue.post('position/set-leverage', leverage))).toBe(110043);
    expect(codeOf(await venue.post('position/switch-mode', { ...symbol, mode: 0 }))).toBe(110025);
    await venue.post('order/create', order({}));
    expect(codeOf(await venue.post('position/switch-mode', { ...symbol, mode: 3 }))).toBe(110024);
    await venue.post('order/create', order({ side: 'Sell', qty: '0', reduceOnly: true, closeOnTrigger: true }));
    expect(codeOf(await venue.post('position/switch-mode', { ...LINEAR, coin: 'USDT', mode: 3 }))).toBe(0);
    expect(listOf(await venue.get('position/list', symbol)).map(({ positionIdx }) => positionIdx)).toEqual([1, 2]);
    expect(codeOf(await venue.post('order/create', order({})))).toBe(10001);
  });
});
