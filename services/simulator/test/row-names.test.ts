import { describe, expect, test } from 'vitest';
import { exchange, order, SYMBOL } from './exchange-client.ts';
import type { Received } from './exchange-client.ts';
import { connect, privateSocket, rowsOf } from './streams/socket.ts';

const LINEAR = { category: 'linear', symbol: SYMBOL } as const;
const VERSION_4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const VERSION_5 = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function firstOf({ body }: Received): Readonly<Record<string, unknown>> {
  return body.result.list?.[0] ?? {};
}

function decimalsOf(value: unknown): number {
  return String(value).split('.')[1]?.length ?? 0;
}

describe('what rows say and what they do not', () => {
  test('the profit of an order is in its frames, not in the listings; order/history says more than order/realtime', async () => {
    await using venue = await exchange();
    using socket = await privateSocket(venue.url, 'order');
    await venue.post('order/create', order({ orderLinkId: 'a' }));
    const [frame] = await socket.topic('order');
    const realtime = Object.keys(firstOf(await venue.get('order/realtime', { ...LINEAR, orderLinkId: 'a' })));
    const history = Object.keys(firstOf(await venue.get('order/history', LINEAR)));
    expect(Object.keys(rowsOf(frame)[0] ?? {})).toContain('closedPnl');
    expect(realtime).not.toContain('closedPnl');
    expect(realtime).toContain('extraFees');
    expect(history).toEqual([...realtime, 'rpiTakerAccess', 'rpiMatchedQty']);
  });

  test('orders have ids of version 4, executions and public trades of version 5', async () => {
    await using venue = await exchange();
    await venue.post('order/create', order({}));
    await venue.sim('POST', 'price', { symbol: SYMBOL, price: '101' });
    const { orderId, execId } = firstOf(await venue.get('execution/list', LINEAR));
    expect([orderId, execId]).toEqual([expect.stringMatching(VERSION_4), expect.stringMatching(VERSION_5)]);
    const { list: trades = [] } = (await venue.get('market/recent-trade', LINEAR)).body.result;
    expect(trades.map((trade) => trade['execId'])).toEqual([
      expect.stringMatching(VERSION_5),
      expect.stringMatching(VERSION_5),
    ]);
  });

  test('a profit that is shared out pro rata has eight digits in its frames', async () => {
    await using venue = await exchange();
    using socket = await privateSocket(venue.url, 'order', 'execution');
    await venue.post('order/create', order({ qty: '0.2' }));
    await venue.sim('POST', 'price', { symbol: SYMBOL, price: '101.1' });
    await venue.post('order/create', order({ qty: '0.1' }));
    await venue.post('order/create', order({ side: 'Sell', qty: '0.1' }));
    const [, , closing] = await socket.topic('execution', 3);
    const [, , closed] = await socket.topic('order', 3);
    const [execPnl, closedPnl] = [rowsOf(closing)[0]?.['execPnl'], rowsOf(closed)[0]?.['closedPnl']];
    expect([decimalsOf(execPnl), decimalsOf(closedPnl)]).toEqual([8, 8]);
  });

  test('a refused item of a batch has the names of an accepted one, in their order', async () => {
    await using venue = await exchange();
    const item = { symbol: SYMBOL, side: 'Buy', orderType: 'Market', qty: '1' };
    const request = [item, { ...item, positionIdx: 1, orderLinkId: 'b' }];
    const { body } = await venue.post('order/create-batch', { category: 'linear', request });
    const [accepted = {}, refused = {}] = body.result.list ?? [];
    expect(Object.keys(refused)).toEqual(Object.keys(accepted));
    expect(refused).toEqual({ category: 'linear', symbol: SYMBOL, orderId: '', orderLinkId: 'b', createAt: '' });
  });

  test('the rates of contracts come without a category', async () => {
    await using venue = await exchange();
    expect(Object.keys((await venue.get('account/fee-rate', LINEAR)).body.result)).toEqual(['list']);
  });

  test('the highest leverage of a contract is that of its lowest tier', async () => {
    await using venue = await exchange();
    const riskTiers = [{ riskLimitValue: '1000', maxLeverage: '12.5', maintenanceRate: '0.04' }];
    const contract = { symbol: 'LOWUSDT', tickSize: '0.1', qtyStep: '0.1', price: '100', riskTiers };
    await venue.sim('POST', 'instruments', { instruments: [contract] });
    const row = firstOf(await venue.get('market/instruments-info', { category: 'linear', symbol: 'LOWUSDT' }));
    expect(row['leverageFilter']).toEqual({ minLeverage: '1', maxLeverage: '12.50', leverageStep: '0.01' });
  });
});

describe('what is public', () => {
  test('a new last price has a sequence of its own, which no fill shares', async () => {
    await using venue = await exchange();
    await venue.post('order/create', order({}));
    await venue.sim('POST', 'price', { symbol: SYMBOL, price: '101' });
    await venue.post('order/create', order({}));
    await venue.sim('POST', 'price', { symbol: SYMBOL, price: '99' });
    const { list = [] } = (await venue.get('market/recent-trade', LINEAR)).body.result;
    const seqs = list.map((trade) => Number(trade['seq']));
    expect(seqs).toHaveLength(4);
    expect(new Set(seqs).size).toBe(4);
    expect(seqs).toEqual(seqs.toSorted((a, b) => b - a));
  });

  test('alerts of deleveraging may be subscribed to, by coin', async () => {
    await using venue = await exchange();
    using socket = await connect(venue.url, '/v5/public/linear');
    expect(await socket.ask({ op: 'subscribe', args: ['adlAlert.USDT'] })).toMatchObject({ success: true });
    const none = { success: false, ret_msg: 'error:handler not found,topic:adlAlert.XRP' };
    expect(await socket.ask({ op: 'subscribe', args: ['adlAlert.XRP'] })).toMatchObject(none);
  });

  test('a ticker begins on the stream with the names that it changes most', async () => {
    await using venue = await exchange();
    using socket = await connect(venue.url, '/v5/public/linear');
    await socket.ask({ op: 'subscribe', args: [`tickers.${SYMBOL}`] });
    const [frame] = await socket.topic(`tickers.${SYMBOL}`);
    const names = Object.keys(frame?.data ?? {});
    expect(names.slice(0, 4)).toEqual(['symbol', 'tickDirection', 'price24hPcnt', 'lastPrice']);
    expect(names.indexOf('singleOpenInterestValue')).toBe(names.indexOf('openInterestValue') + 2);
  });
});

test.each([
  ['user/query-api', ''],
  ['asset/coin/query-info', 'success'],
  ['market/price-limit', ''],
  ['account/info', 'OK'],
])('%s says "%s" of its success', async (endpoint, text) => {
  await using venue = await exchange();
  expect((await venue.get(endpoint, LINEAR)).body).toMatchObject({ retCode: 0, retMsg: text });
});

describe('what positions say', () => {
  test('createdTime is that of the first position on the symbol, whatever came before and after it', async () => {
    await using venue = await exchange({ clock: 'virtual' });
    const later = (): Promise<unknown> => venue.sim('POST', 'clock', { advanceMs: 1_000 });
    const created = async (): Promise<number> =>
      Number(firstOf(await venue.get('position/list', LINEAR))['createdTime']);
    const lookedAtMs = await created();
    await later();
    await venue.post('order/create', order({ orderType: 'Limit', price: '90' }));
    await later();
    await venue.post('order/create', order({ qty: '2' }));
    expect((await created()) - lookedAtMs).toBe(2_000);
    await later();
    await venue.post('order/create', order({ side: 'Sell', qty: '2' }));
    await venue.post('order/create', order({ side: 'Sell', qty: '2' }));
    expect((await created()) - lookedAtMs).toBe(2_000);
  });

  test('the frame of an isolated position says what it holds, that of a cross one nothing', async () => {
    await using venue = await exchange();
    using socket = await privateSocket(venue.url, 'position');
    await venue.post('order/create', order({ qty: '2' }));
    await venue.post('order/create', order({ side: 'Sell', qty: '2' }));
    await venue.post('account/set-margin-mode', { setMarginMode: 'ISOLATED_MARGIN' });
    await venue.post('order/create', order({ qty: '2' }));
    const frames = await socket.topic('position', 4);
    const held = firstOf(await venue.get('position/list', LINEAR))['positionBalance'];
    expect(held).not.toBe('0');
    expect(frames.flatMap(rowsOf).map((row) => row['positionBalance'])).toEqual(['0', '0', '0', held]);
  });
});
