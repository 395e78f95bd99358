import { describe, expect, test } from 'vitest';
import { decimal, show } from '../../src/engine/decimal.ts';
import { priceBand } from '../../src/engine/orders/price-band.ts';
import { exchange, order, SYMBOL } from '../exchange-client.ts';
import { market, SYMBOL as CONTRACT } from '../market.ts';

const linear = { category: 'linear', symbol: SYMBOL };

describe('the band of limit orders', () => {
  test.each([
    // A quiet market: 1 % around the mark price.
    [
      ['100', '100', '100'],
      ['101', '99'],
    ] as const,
    // An index outside of that opens the band to it, up to 2 %.
    [
      ['101.5', '100', '101.5'],
      ['101.5', '99'],
    ] as const,
    [
      ['103', '100', '103'],
      ['102', '99'],
    ] as const,
    [
      ['98.5', '100', '98.5'],
      ['101', '98.5'],
    ] as const,
    [
      ['97', '100', '97'],
      ['101', '98'],
    ] as const,
    // A last price above or below the index widens its side by the difference, up to 2 % too.
    [
      ['100.5', '100', '100'],
      ['101.5', '99'],
    ] as const,
    [
      ['99.5', '100', '100'],
      ['101', '98.5'],
    ] as const,
    [
      ['110', '100', '100'],
      ['102', '99'],
    ] as const,
  ])('with last, mark and index at %o is up to and down to %o', ([last, mark, index], limits) => {
    const { engine, price } = market();
    price(last, { mark, index });
    const instrument = engine.venue.instruments.get(CONTRACT);
    if (instrument === undefined) throw new Error('no instrument');
    const band = priceBand(instrument);
    expect([show(band.maxBuy), show(band.minSell)]).toEqual(limits);
  });

  test('lies on the tick and inside the limits', () => {
    const { engine, price } = market();
    price('100.3');
    const instrument = engine.venue.instruments.get(CONTRACT);
    if (instrument === undefined) throw new Error('no instrument');
    const { maxBuy, minSell } = priceBand(instrument);
    expect([maxBuy, minSell]).toEqual([decimal('101.3'), decimal('99.3')]);
  });

  test('re-prices what is beyond it until the account has that switched off', async () => {
    await using at = await exchange();
    const limit = { orderType: 'Limit', side: 'Sell', price: '90' };
    await at.post('order/create', order({ ...limit, orderLinkId: 'low' }));
    const [low] = (await at.get('order/realtime', { ...linear, orderLinkId: 'low' })).body.result.list ?? [];
    expect(low).toMatchObject({ orderStatus: 'Filled', price: '99' });
    await at.post('order/create', order({ ...limit, price: '150', orderLinkId: 'far' }));
    const [far] = (await at.get('order/realtime', { ...linear, orderLinkId: 'far' })).body.result.list ?? [];
    expect(far).toMatchObject({ orderStatus: 'New', price: '150' });

    const settings = async (): Promise<unknown> => (await at.get('account/user-setting-config')).body.result;
    expect(await settings()).toMatchObject({ lpaSpot: true, lpaPerp: false });
    await at.post('account/set-limit-px-action', { category: 'linear', modifyEnable: false });
    expect(await settings()).toMatchObject({ lpaSpot: true, lpaPerp: true });
    const sell = await at.post('order/create', order(limit));
    const buy = await at.post('order/create', order({ ...limit, side: 'Buy', price: '110' }));
    expect([sell.body.retCode, buy.body.retCode]).toEqual([110_120, 110_121]);
    await at.post('account/set-limit-px-action', { category: 'inverse', modifyEnable: true });
    expect(await settings()).toMatchObject({ lpaSpot: true, lpaPerp: false });
  });

  test('is what market/price-limit shows', async () => {
    await using at = await exchange();
    const { result } = (await at.get('market/price-limit', { symbol: SYMBOL })).body;
    expect(result).toEqual({ symbol: SYMBOL, buyLmt: '101.0', sellLmt: '99.0', ts: expect.stringMatching(/^\d{13}$/) });
    expect((await at.post('account/set-limit-px-action', { category: 'linear' })).body.retCode).toBe(10_001);
  });
});
