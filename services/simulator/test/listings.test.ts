import { describe, expect, test } from 'vitest';
import { exchange, order, SYMBOL } from './exchange-client.ts';
import type { Exchange, Received } from './exchange-client.ts';

const LINEAR = { category: 'linear' };
const USDT = { ...LINEAR, settleCoin: 'USDT' };

const codeOf = ({ body }: Received): number => body.retCode;
const listOf = ({ body }: Received): readonly Record<string, unknown>[] => body.result.list ?? [];

async function restingOrders(venue: Exchange, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await venue.post('order/create', order({ orderType: 'Limit', price: `${80 + index}`, orderLinkId: `o${index}` }));
  }
}

describe('listings', () => {
  test('orders come newest first in pages whose cursor is never empty, sent back as it came or encoded once more', async () => {
    await using venue = await exchange();
    await restingOrders(venue, 7);
    const seen: unknown[] = [];
    let cursor = '';
    for (const size of [3, 3, 1, 0]) {
      const page = await venue.get('order/realtime', { ...USDT, limit: '3', ...(cursor === '' ? {} : { cursor }) });
      expect(listOf(page)).toHaveLength(size);
      seen.push(...listOf(page).map(({ orderLinkId }) => orderLinkId));
      cursor = page.body.result.nextPageCursor ?? '';
      expect(cursor).toMatch(size > 0 ? /%3A\d+%2C.*%3A\d+$/ : /^$/);
      if (size === 3) cursor = seen.length === 3 ? cursor : decodeURIComponent(cursor);
    }
    expect(seen).toEqual(['o6', 'o5', 'o4', 'o3', 'o2', 'o1', 'o0']);
  });

  test('a page goes on where it ended although its last order has been cancelled since', async () => {
    await using venue = await exchange();
    await restingOrders(venue, 4);
    const first = await venue.get('order/realtime', { ...USDT, limit: '2' });
    await venue.post('order/cancel', { ...LINEAR, symbol: SYMBOL, orderLinkId: 'o2' });
    const cursor = first.body.result.nextPageCursor ?? '';
    const second = await venue.get('order/realtime', { ...USDT, limit: '2', cursor });
    expect(listOf(second).map(({ orderLinkId }) => orderLinkId)).toEqual(['o1', 'o0']);
  });

  test('positions by coin are the open ones; by symbol a flat one comes too, with the values of a flat position', async () => {
    await using venue = await exchange();
    expect(listOf(await venue.get('position/list', USDT))).toEqual([]);
    expect(listOf(await venue.get('position/list', { ...LINEAR, symbol: SYMBOL }))).toMatchObject([
      { side: '', size: '0', avgPrice: '0', positionValue: '', unrealisedPnl: '', stopLoss: '', seq: -1 },
    ]);
    await venue.post('order/create', order({ stopLoss: '95' }));
    const page = await venue.get('position/list', { ...USDT, limit: '1' });
    expect(listOf(page)).toMatchObject([{ side: 'Buy', size: '1', avgPrice: '100', stopLoss: '95', leverage: '10' }]);
    expect(page.body.result.nextPageCursor).toMatch(/^TESTUSDT%2C\d+%2C0$/);
    expect(codeOf(await venue.get('position/list', { ...USDT, limit: '201' }))).toBe(10001);
    expect(codeOf(await venue.get('position/list', LINEAR))).toBe(10001);
  });

  test('an order is found by either id in any status; listings keep to the working ones and to their kind', async () => {
    await using venue = await exchange();
    await venue.post('order/create', order({ orderLinkId: 'm', stopLoss: '95' }));
    await restingOrders(venue, 1);
    const links = async (query: Record<string, string>): Promise<unknown[]> =>
      listOf(await venue.get('order/realtime', { ...USDT, ...query })).map(
        (row) => row['orderLinkId'] || row['stopOrderType'],
      );
    expect(await links({})).toEqual(['o0', 'StopLoss']);
    expect(await links({ orderFilter: 'Order' })).toEqual(['o0']);
    expect(await links({ orderFilter: 'StopOrder' })).toEqual(['StopLoss']);
    expect(await links({ openOnly: '1' })).toEqual(['m']);
    expect(await links({ orderLinkId: 'm' })).toEqual(['m']);
    expect(await links({ orderLinkId: 'never' })).toEqual([]);
    const history = listOf(await venue.get('order/history', USDT));
    expect(history).toMatchObject([{ orderLinkId: 'm', orderStatus: 'Filled', avgPrice: '100', leavesQty: '0' }]);
  });

  test('executions carry the sequence of the position and are filtered by link id and time', async () => {
    await using venue = await exchange();
    await venue.post('order/create', order({ orderLinkId: 'a' }));
    await venue.post('order/create', order({ orderLinkId: 'b' }));
    const all = listOf(await venue.get('execution/list', LINEAR));
    expect(all.map(({ orderLinkId }) => orderLinkId)).toEqual(['b', 'a']);
    const position = listOf(await venue.get('position/list', USDT))[0];
    expect(all[0]).toMatchObject({ seq: position?.['seq'], execFee: '0.055', closedSize: '0', isMaker: false });
    expect(listOf(await venue.get('execution/list', { ...LINEAR, orderLinkId: 'a' }))).toHaveLength(1);
    const startTime = String(Date.now() + 60_000);
    expect(listOf(await venue.get('execution/list', { ...LINEAR, startTime }))).toEqual([]);
    expect(codeOf(await venue.get('execution/list', { ...LINEAR, startTime: '1', endTime: '999999999999' }))).toBe(
      10001,
    );
  });

  test('instruments come in pages, an account shows its balance, mode and rates', async () => {
    await using venue = await exchange();
    const more = ['AUSDT', 'BUSDT'].map((symbol) => ({ symbol, tickSize: '0.01', qtyStep: '1', price: '2' }));
    await venue.sim('POST', 'instruments', { instruments: more });
    const first = await venue.get('market/instruments-info', { ...LINEAR, limit: '2' });
    const cursor = first.body.result.nextPageCursor ?? '';
    const second = await venue.get('market/instruments-info', { ...LINEAR, limit: '2', cursor });
    expect([...listOf(first), ...listOf(second)].map(({ symbol }) => symbol)).toEqual(['AUSDT', 'BUSDT', SYMBOL]);
    expect(second.body.result.nextPageCursor).toBe('');
    expect(listOf(await venue.get('account/wallet-balance', { accountType: 'UNIFIED' }))).toMatchObject([
      { accountType: 'UNIFIED', totalEquity: '100000', coin: [{ coin: 'USDT', walletBalance: '100000' }] },
    ]);
    expect((await venue.get('account/info')).body.result).toMatchObject({ unifiedMarginStatus: 6 });
    expect(listOf(await venue.get('account/fee-rate', { ...LINEAR, symbol: SYMBOL }))).toEqual([
      { symbol: SYMBOL, takerFeeRate: '0.00055', makerFeeRate: '0.0002' },
    ]);
    expect((await venue.get('user/query-api')).body.result).toMatchObject({ readOnly: 0, uta: 1 });
  });
});
