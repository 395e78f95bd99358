import { describe, expect, test } from 'vitest';
import { exchange, order, SYMBOL } from '../exchange-client.ts';

const linear = { category: 'linear' };

describe('market listings over HTTP', () => {
  test('need no key and no signature', async () => {
    await using at = await exchange();
    const reply = await fetch(`${at.url}/v5/market/kline?symbol=${SYMBOL}&interval=1`);
    expect(await reply.json()).toMatchObject({ retCode: 0, result: { symbol: SYMBOL, category: 'linear' } });
  });

  test('instruments-info is paged by its cursor and filtered by status and coin', async () => {
    await using at = await exchange();
    const instruments = ['AUSDT', 'BUSDT', 'CUSDT', 'DUSDT'].map((symbol) => ({
      symbol,
      tickSize: '0.1',
      qtyStep: '0.1',
      price: '10',
      status: symbol === 'DUSDT' ? 'PreLaunch' : 'Trading',
    }));
    await at.sim('POST', 'instruments', { instruments });
    const info = async (query: Record<string, string>): Promise<{ symbols: unknown; cursor: string }> => {
      const { body } = await at.get('market/instruments-info', { ...linear, ...query });
      return { symbols: body.result.list?.map(({ symbol }) => symbol), cursor: body.result.nextPageCursor ?? '' };
    };
    const first = await info({ limit: '3' });
    expect(first.symbols).toEqual(['AUSDT', 'BUSDT', 'CUSDT']);
    expect(await info({ limit: '3', cursor: first.cursor })).toEqual({ symbols: [SYMBOL], cursor: '' });
    expect((await info({ status: 'PreLaunch' })).symbols).toEqual(['DUSDT']);
    expect((await info({ baseCoin: 'B' })).symbols).toEqual(['BUSDT']);
    expect((await info({ symbol: 'DUSDT' })).symbols).toEqual(['DUSDT']);
  });

  test.each(['spot', 'inverse', 'option'])('category %s lists no contract', async (category) => {
    await using at = await exchange();
    expect((await at.get('market/instruments-info', { category })).body.result).toEqual({
      category,
      nextPageCursor: '',
      list: [],
    });
    expect((await at.get('market/tickers', { category })).body.result).toEqual({ category, list: [] });
  });

  test('open interest is paged back to the listing, and funding shows each settlement since', async () => {
    await using at = await exchange({ clock: 'virtual', startAtMs: Date.parse('2026-01-01T00:20:00Z') });
    await at.sim('POST', 'clock', { advanceMs: 3 * 28_800_000 });
    const interest = async (cursor?: string): Promise<{ times: number[]; next: string }> => {
      const query = {
        ...linear,
        symbol: SYMBOL,
        intervalTime: '4h',
        limit: '4',
        ...(cursor === undefined ? {} : { cursor }),
      };
      const { result } = (await at.get('market/open-interest', query)).body;
      return { times: result.list?.map(({ timestamp }) => Number(timestamp)) ?? [], next: result.nextPageCursor ?? '' };
    };
    const first = await interest();
    const second = await interest(first.next);
    const times = [...first.times, ...second.times];
    expect(times).toHaveLength(6);
    expect(times.map((time) => (times[0] ?? 0) - time)).toEqual([0, 1, 2, 3, 4, 5].map((step) => step * 14_400_000));
    expect(second.next).toBe('');
    const { result } = (await at.get('market/funding/history', { ...linear, symbol: SYMBOL })).body;
    expect(result.list).toHaveLength(3);
    expect(result.list?.every(({ fundingRateTimestamp }) => Number(fundingRateTimestamp) % 28_800_000 === 0)).toBe(
      true,
    );
  });

  test('the open interest of an account goes when the account is replaced', async () => {
    await using at = await exchange({ clock: 'virtual' });
    await at.post('order/create', order({ qty: '3' }));
    const open = async (): Promise<unknown> =>
      (await at.get('market/tickers', { ...linear, symbol: SYMBOL })).body.result.list?.[0]?.['singleOpenInterest'];
    expect(await open()).toBe('3.0');
    await at.sim('POST', 'accounts', { accounts: [{ name: 'main', apiKey: 'main-key', secret: 'main-secret' }] });
    expect(await open()).toBe('0.0');
    await at.post('order/create', order({ qty: '2' }));
    expect(await open()).toBe('2.0');
  });

  test('open interest is that of the moment, not of what came after it', async () => {
    await using at = await exchange({ clock: 'virtual' });
    const advance = (advanceMs: number): Promise<unknown> => at.sim('POST', 'clock', { advanceMs });
    const { body } = await at.sim('POST', 'clock', { advanceMs: 0 });
    await advance(3_600_000 - (Number(body['nowMs']) % 3_600_000));
    await at.post('order/create', order({ qty: '2' }));
    await advance(600_000);
    await at.post('order/create', order({ qty: '3' }));
    await advance(3_000_000);
    const query = { ...linear, symbol: SYMBOL, intervalTime: '5min', limit: '13' };
    const { result } = (await at.get('market/open-interest', query)).body;
    const sizes = result.list?.map(({ singleOpenInterest }) => Number(singleOpenInterest));
    expect(sizes?.toReversed()).toEqual([0, 2, 2, ...Array<number>(10).fill(5)]);
  });

  test.each([
    ['kline', { interval: '2' }, 'interval invalid'],
    ['kline', {}, 'interval invalid'],
    ['kline', { interval: '1', limit: '1001' }, 'limit'],
    ['kline', { interval: '1', start: 'x' }, 'start'],
    ['kline', { interval: '1', category: 'spot' }, 'category invalid'],
    ['mark-price-kline', { interval: '1', symbol: 'NOPE' }, 'Not supported symbols'],
    ['orderbook', { limit: '0' }, 'limit'],
    ['orderbook', { symbol: '' }, 'symbol invalid'],
    ['recent-trade', { limit: '1001' }, 'limit'],
    ['open-interest', { intervalTime: '2h' }, 'intervalTime invalid'],
    ['open-interest', { intervalTime: '1h', cursor: 'x%' }, 'cursor invalid'],
    ['funding/history', { startTime: '1' }, 'startTime needs endTime'],
    ['price-limit', { symbol: 'constructor' }, 'Not supported symbols'],
    ['tickers', { symbol: 'NOPE' }, 'Not supported symbols'],
    ['tickers', { category: 'nothing' }, 'category invalid'],
    ['instruments-info', { category: '' }, 'category invalid'],
  ])('%s refuses %o with 10001', async (path, query, text) => {
    await using at = await exchange();
    const { status, body } = await at.get(`market/${path}`, { ...linear, symbol: SYMBOL, ...query });
    expect([status, body.retCode]).toEqual([200, 10_001]);
    expect(body.retMsg).toContain(text);
  });
});
