import { describe, expect, test } from 'vitest';
import { exchange, order, SYMBOL } from './exchange-client.ts';
import type { Exchange, Received } from './exchange-client.ts';

const LINEAR = { category: 'linear' };
const ON_SYMBOL = { ...LINEAR, symbol: SYMBOL };

const codeOf = ({ body }: Received): number => body.retCode;
const listOf = ({ body }: Received): readonly Record<string, unknown>[] => body.result.list ?? [];

/** Opens a long and closes it in so many orders. */
async function closedIn(venue: Exchange, parts: number): Promise<void> {
  await venue.post('order/create', order({ qty: String(parts) }));
  for (let part = 0; part < parts; part += 1) {
    await venue.post('order/create', order({ side: 'Sell', orderLinkId: `part${part}`, reduceOnly: true }));
  }
}

describe('what was earned', () => {
  test('closed profit comes per closing order, newest first, in pages whose cursor is never empty', async () => {
    await using venue = await exchange();
    await closedIn(venue, 5);
    const seen: unknown[] = [];
    let cursor = '';
    for (const size of [2, 2, 1, 0]) {
      const page = await venue.get('position/closed-pnl', {
        ...LINEAR,
        limit: '2',
        ...(cursor === '' ? {} : { cursor }),
      });
      expect(listOf(page)).toHaveLength(size);
      seen.push(...listOf(page).map(({ orderId }) => orderId));
      cursor = page.body.result.nextPageCursor ?? '';
      expect(cursor).toMatch(size > 0 ? /^[0-9a-f-]{36}%3A\d+%2C[0-9a-f-]{36}%3A\d+$/ : /^$/);
    }
    const history = listOf(await venue.get('order/history', { ...ON_SYMBOL, limit: '5' }));
    expect(seen).toEqual(history.map(({ orderId }) => orderId));
    const [first] = listOf(await venue.get('position/closed-pnl', { ...ON_SYMBOL, limit: '1' }));
    expect(first).toMatchObject({ closedPnl: '-0.209945', openFee: '0.055', closeFee: '0.054945', fillCount: '1' });
    const rows = listOf(await venue.get('position/closed-pnl', LINEAR));
    const sum = rows.reduce((all, row) => all + Number(row['closedPnl']), 0);
    const [wallet] = listOf(await venue.get('account/wallet-balance', { accountType: 'UNIFIED' }));
    expect(Number(wallet?.['totalWalletBalance'])).toBeCloseTo(100_000 + sum, 8);
  });

  test('closed profit keeps to its time range of seven days, its symbol and its limit', async () => {
    await using venue = await exchange();
    await closedIn(venue, 1);
    const of = (query: Record<string, string>): Promise<Received> =>
      venue.get('position/closed-pnl', { ...LINEAR, ...query });
    expect(listOf(await of({ symbol: 'NONEUSDT' }))).toEqual([]);
    expect(listOf(await of({ startTime: String(Date.now() + 60_000) }))).toEqual([]);
    expect(codeOf(await of({ startTime: '1', endTime: String(8 * 86_400_000) }))).toBe(10001);
    expect(codeOf(await of({ limit: '101' }))).toBe(10001);
    expect(codeOf(await of({ cursor: 'never%3A1' }))).toBe(10001);
    expect(codeOf(await venue.get('position/closed-pnl', { category: 'spot' }))).toBe(10001);
    expect(listOf(await venue.get('position/closed-pnl', { category: 'inverse' }))).toEqual([]);
  });

  test('the transaction log tells of the deposit, the trades and the funding, newest first', async () => {
    await using venue = await exchange();
    await venue.post('order/create', order({}));
    await venue.sim('POST', 'funding', { symbol: SYMBOL, rate: '0.001', settle: true });
    const rows = listOf(await venue.get('account/transaction-log', { accountType: 'UNIFIED' }));
    expect(rows).toMatchObject([
      { type: 'SETTLEMENT', funding: '-0.1', fee: '0', cashFlow: '0', change: '-0.1', size: '1', symbol: SYMBOL },
      { type: 'TRADE', funding: '', fee: '0.055', change: '-0.055', cashBalance: '99999.945', tradePrice: '100' },
      { type: 'TRANSFER_IN', symbol: '', category: '', side: 'None', change: '100000', cashBalance: '100000' },
    ]);
    const filtered = { ...LINEAR, type: 'TRADE', currency: 'USDT', baseCoin: 'TEST' };
    expect(listOf(await venue.get('account/transaction-log', filtered))).toHaveLength(1);
    const first = await venue.get('account/transaction-log', { limit: '2' });
    const { nextPageCursor: cursor = '' } = first.body.result;
    expect(listOf(await venue.get('account/transaction-log', { limit: '2', cursor }))).toMatchObject([
      { type: 'TRANSFER_IN' },
    ]);
    const funding = await venue.get('execution/list', { ...LINEAR, execType: 'Funding' });
    expect(listOf(funding)).toMatchObject([
      { execType: 'Funding', execFee: '0.1', execValue: '100', orderType: 'UNKNOWN' },
    ]);
  });
});

describe('what an account is', () => {
  test('leverage is known without a position, one row for each index', async () => {
    await using venue = await exchange();
    const info = (): Promise<Received> => venue.get('position/symbol-info', ON_SYMBOL);
    expect(listOf(await info())).toEqual([{ symbol: SYMBOL, leverage: '10', side: '', positionIdx: 0 }]);
    await venue.post('position/switch-mode', { ...ON_SYMBOL, mode: 3 });
    expect(listOf(await info()).map(({ positionIdx }) => positionIdx)).toEqual([1, 2]);
  });

  test('leverage: 10001 for sides that differ or are no leverage, 110013 above the most, 110043 for the same', async () => {
    await using venue = await exchange();
    const set = async (buyLeverage: string, sellLeverage = buyLeverage): Promise<number> =>
      codeOf(await venue.post('position/set-leverage', { ...ON_SYMBOL, buyLeverage, sellLeverage }));
    expect([await set('5', '6'), await set('0'), await set('x'), await set('100.5')]).toEqual([
      10001, 10001, 10001, 110013,
    ]);
    expect([await set('5'), await set('5'), await set('5.5')]).toEqual([0, 110043, 0]);
    const text = await venue.post('position/set-leverage', { ...ON_SYMBOL, buyLeverage: '200', sellLeverage: '200' });
    expect(text.body.retMsg).toBe('cannot set leverage [20000] gt maxLeverage [10000] by risk limit');
  });

  test('modes: 110024 with a position, 110028 with orders, 110025 for the same, 110029 where there is no hedge mode', async () => {
    await using venue = await exchange();
    const instruments = [{ symbol: 'TESTPERP', tickSize: '0.1', qtyStep: '0.1', price: '10' }];
    await venue.sim('POST', 'instruments', { instruments });
    const set = async (body: object): Promise<number> =>
      codeOf(await venue.post('position/switch-mode', { ...LINEAR, ...body }));
    expect(await set({ symbol: SYMBOL, mode: 0 })).toBe(110025);
    expect(await set({ symbol: 'TESTPERP', mode: 3 })).toBe(110029);
    await venue.post('order/create', order({ orderType: 'Limit', price: '90', orderLinkId: 'resting' }));
    expect(await set({ symbol: SYMBOL, mode: 3 })).toBe(110028);
    await venue.post('order/create', order({}));
    expect(await set({ symbol: SYMBOL, mode: 3 })).toBe(110024);
    expect(await set({ coin: 'USDT', mode: 3 })).toBe(0);
    expect(listOf(await venue.get('position/symbol-info', ON_SYMBOL))).toHaveLength(1);
    expect(await set({ coin: 'BTC', mode: 3 })).toBe(10001);
    expect(await set({ symbol: SYMBOL, mode: 1 })).toBe(10001);
  });

  test('margin modes, added margin and its refusals', async () => {
    await using venue = await exchange();
    const mode = (setMarginMode: string): Promise<Received> => venue.post('account/set-margin-mode', { setMarginMode });
    const add = (margin: string): Promise<Received> => venue.post('position/add-margin', { ...ON_SYMBOL, margin });
    expect(codeOf(await add('10'))).toBe(10001);
    expect((await mode('ISOLATED_MARGIN')).body).toMatchObject({ retCode: 0, result: { reasons: [] } });
    expect([codeOf(await mode('ISOLATED_MARGIN')), codeOf(await mode('SOME'))]).toEqual([110026, 10001]);
    expect((await venue.get('account/info')).body.result).toMatchObject({ marginMode: 'ISOLATED_MARGIN' });
    await venue.post('order/create', order({ qty: '10' }));
    const added = await add('50');
    expect(added.body.result).toMatchObject({ ...ON_SYMBOL, size: '10', avgPrice: '100', positionStatus: 'Normal' });
    expect(added.body.result).not.toHaveProperty('seq');
    expect([codeOf(await add('1000000')), codeOf(await add('-51')), codeOf(await add('0'))]).toEqual([
      110012, 110011, 110027,
    ]);
    const auto = { ...ON_SYMBOL, autoAddMargin: 1, positionIdx: 0 };
    expect(codeOf(await venue.post('position/set-auto-add-margin', auto))).toBe(0);
    expect(listOf(await venue.get('position/list', ON_SYMBOL))).toMatchObject([
      { autoAddMargin: 1, positionBalance: '150.495' },
    ]);
  });

  test('demo money comes once a minute, in USDT and up to 100,000', async () => {
    await using venue = await exchange();
    const apply = async (coin: string, amountStr: string, adjustType = 0): Promise<number> =>
      codeOf(await venue.post('account/demo-apply-money', { adjustType, utaDemoApplyMoney: [{ coin, amountStr }] }));
    expect([await apply('BTC', '1'), await apply('USDT', '100001'), await apply('USDT', '0')]).toEqual([
      10001, 10001, 10001,
    ]);
    expect([await apply('USDT', '5000'), await apply('USDT', '1')]).toEqual([0, 10006]);
    const wallet = listOf(await venue.get('account/wallet-balance', { accountType: 'UNIFIED', coin: 'USDT' }));
    expect(wallet).toMatchObject([{ coin: [{ walletBalance: '105000' }] }]);
    expect(listOf(await venue.get('account/wallet-balance', { accountType: 'UNIFIED', coin: 'BTC' }))).toMatchObject([
      { coin: [] },
    ]);
    expect(codeOf(await venue.get('account/wallet-balance', { accountType: 'CONTRACT' }))).toBe(10001);
  });

  test('a pre-check says what an order would do to the margin rates, or refuses it', async () => {
    await using venue = await exchange();
    const check = (fields: object): Promise<Received> => venue.post('order/pre-check', order(fields));
    const ok = await check({ qty: '1000', orderLinkId: 'p' });
    expect(ok.body.result).toMatchObject({
      orderLinkId: 'p',
      preImrE4: 0,
      preMmrE4: 0,
      postImrE4: 1010,
      postMmrE4: 50,
    });
    expect(codeOf(await check({ qty: '100000' }))).toBe(110007);
    expect(codeOf(await check({ qty: '0.01' }))).toBe(10001);
    expect(listOf(await venue.get('order/realtime', ON_SYMBOL))).toEqual([]);
  });

  test('the disconnect protection is a setting that the account shows', async () => {
    await using venue = await exchange();
    const set = (timeWindow: number, product = 'DERIVATIVES'): Promise<Received> =>
      venue.post('order/disconnected-cancel-all', { product, timeWindow });
    expect(codeOf(await set(2))).toBe(10001);
    expect(codeOf(await set(40))).toBe(0);
    expect((await venue.get('account/info')).body.result).toMatchObject({
      dcpStatus: 'ON',
      timeWindow: 40,
      smpGroup: 0,
    });
  });

  test('rates, contracts, collateral and the key are told to their account', async () => {
    await using venue = await exchange();
    const fees = { account: 'main', symbol: SYMBOL, takerFeeRate: '0.0004', makerFeeRate: '-0.0001' };
    expect((await venue.sim('POST', 'fees', fees)).status).toBe(200);
    const rates = { symbol: SYMBOL, takerFeeRate: '0.0004', makerFeeRate: '-0.0001' };
    expect(listOf(await venue.get('account/fee-rate', ON_SYMBOL))).toEqual([rates]);
    expect(codeOf(await venue.get('account/fee-rate', { ...LINEAR, symbol: 'NONEUSDT' }))).toBe(10001);
    expect(listOf(await venue.get('account/instruments-info', LINEAR))).toMatchObject([{ symbol: SYMBOL }]);
    expect(listOf(await venue.get('account/collateral-info'))).toMatchObject([
      { currency: 'USDT', collateralRatio: '1' },
    ]);
    expect(listOf(await venue.get('account/collateral-info', { currency: 'BTC' }))).toEqual([]);
    const key = (await venue.get('user/query-api')).body.result;
    expect(key).toMatchObject({
      readOnly: 0,
      uta: 1,
      permissions: { ContractTrade: ['Order', 'Position'], Derivatives: ['DerivativesTrade'] },
      ips: ['*'],
      vipLevel: 'No VIP',
      isMaster: true,
      parentUid: '0',
    });
    const others = ['id', 'note', 'secret', 'type', 'deadlineDay', 'expiredAt', 'createdAt', 'unified', 'userID'];
    const rest = ['inviterID', 'mktMakerLevel', 'affiliateID', 'rsaPublicKey', 'kycLevel', 'kycRegion', 'apiKey'];
    expect(Object.keys(key)).toEqual(expect.arrayContaining([...others, ...rest]));
  });
});
