import { describe, expect, test } from 'vitest';
import { codeOf, create, LINEAR, open, position, set } from './assumed.ts';
import { exchange, SYMBOL } from './exchange-client.ts';
import type { Exchange } from './exchange-client.ts';

const FULL = { ...LINEAR, tpslMode: 'Full', positionIdx: 0 };
const PARTIAL = { ...LINEAR, tpslMode: 'Partial', positionIdx: 0 };

async function move(venue: Exchange, price: string): Promise<void> {
  await venue.sim('POST', 'price', { symbol: SYMBOL, price });
}

async function tradingStop(venue: Exchange, fields: object): Promise<number> {
  return codeOf(await venue.post('position/trading-stop', fields));
}

describe('off the grid', () => {
  const limit = { orderType: 'Limit', price: '90.19', qty: '1' };

  test('a price is refused, or cut to its tick in creates, amends and stops', async () => {
    await using venue = await exchange();
    expect(await create(venue, limit)).toBe(10001);
    await set(venue, { offGridPrice: 'truncate' });
    expect(await create(venue, limit)).toBe(0);
    expect(await open(venue)).toMatchObject([{ price: '90.1' }]);
    const [resting] = await open(venue);
    const amended = { ...LINEAR, orderId: resting?.['orderId'], price: '90.27' };
    expect(codeOf(await venue.post('order/amend', amended))).toBe(0);
    expect(await open(venue)).toMatchObject([{ price: '90.2' }]);
    await create(venue, {});
    expect(await tradingStop(venue, { ...FULL, stopLoss: '89.99' })).toBe(0);
    expect(await position(venue)).toMatchObject({ stopLoss: '89.9' });
    expect(await create(venue, { ...limit, qty: '1.07' })).toBe(10001);
  });

  test('a quantity is refused, or cut to its step', async () => {
    await using venue = await exchange();
    const asked = { ...limit, price: '90', qty: '1.07' };
    expect(await create(venue, asked)).toBe(10001);
    await set(venue, { offGridQty: 'truncate' });
    expect(await create(venue, asked)).toBe(0);
    expect(await open(venue)).toMatchObject([{ qty: '1' }]);
    expect(await create(venue, limit)).toBe(10001);
  });

  test('less than one tick or step is refused all the same, and never taken for "none"', async () => {
    await using venue = await exchange();
    await set(venue, { offGridPrice: 'truncate', offGridQty: 'truncate' });
    expect(await create(venue, { triggerPrice: '0.01', triggerDirection: 2 })).toBe(10001);
    expect(await create(venue, { stopLoss: '0.01' })).toBe(10001);
    expect(await create(venue, { qty: '0.01' })).toBe(10001);
    expect(await position(venue)).toMatchObject({ size: '0' });
  });
});

describe('conditional orders', () => {
  const rising = { triggerPrice: '105', triggerDirection: 1 };

  test('look at the last price, or at what the option says, when they do not say it', async () => {
    await using venue = await exchange();
    await create(venue, rising);
    await set(venue, { defaultTriggerBy: 'MarkPrice' });
    await create(venue, rising);
    await create(venue, { ...rising, triggerBy: 'IndexPrice' });
    const sources = (await open(venue)).map(({ triggerBy }) => triggerBy);
    expect(sources).toEqual(['IndexPrice', 'MarkPrice', 'LastPrice']);
  });

  test('without a direction are refused, or wait where their price lies', async () => {
    await using venue = await exchange();
    expect(await create(venue, { triggerPrice: '105' })).toBe(10001);
    await set(venue, { missingTriggerDirection: 'derive' });
    expect(await create(venue, { triggerPrice: '105' })).toBe(0);
    expect(await create(venue, { triggerPrice: '95' })).toBe(0);
    expect(await create(venue, { triggerPrice: '100' })).toBe(110092);
    expect(await open(venue)).toMatchObject([{ triggerDirection: 2 }, { triggerDirection: 1 }]);
  });
});

describe('stops', () => {
  test('moved without a source keep theirs, or look at the last price', async () => {
    await using venue = await exchange();
    await create(venue, {});
    await tradingStop(venue, { ...FULL, stopLoss: '90', slTriggerBy: 'MarkPrice' });
    await tradingStop(venue, { ...FULL, stopLoss: '91' });
    expect(await open(venue)).toMatchObject([{ triggerPrice: '91', triggerBy: 'MarkPrice' }]);
    await set(venue, { omittedTriggerBy: 'LastPrice' });
    await tradingStop(venue, { ...FULL, stopLoss: '92' });
    expect(await open(venue)).toMatchObject([{ triggerPrice: '92', triggerBy: 'LastPrice' }]);
  });

  test('of Full mode are refused in order/amend, or move with the position, whole as they are', async () => {
    await using venue = await exchange();
    await create(venue, {});
    await tradingStop(venue, { ...FULL, stopLoss: '90' });
    const [stop] = await open(venue);
    const amended = { ...LINEAR, orderId: stop?.['orderId'], triggerPrice: '91', qty: '0.5' };
    expect(codeOf(await venue.post('order/amend', amended))).toBe(110060);
    await set(venue, { fullStopAmend: 'move' });
    expect(codeOf(await venue.post('order/amend', amended))).toBe(0);
    expect(await open(venue)).toMatchObject([{ orderId: stop?.['orderId'], triggerPrice: '91', qty: '1' }]);
    expect(await position(venue)).toMatchObject({ stopLoss: '91' });
    await tradingStop(venue, { ...FULL, trailingStop: '5' });
    const [trailing] = await open(venue);
    const moved = { ...LINEAR, orderId: trailing?.['orderId'], triggerPrice: '96' };
    expect(codeOf(await venue.post('order/amend', moved))).toBe(110060);
  });

  test('of Partial mode without their sizes are 10001 with a text of its own, or 34040', async () => {
    await using venue = await exchange();
    await create(venue, {});
    const text = /^"tpSize" and "takeProfit" or "slSize" and "stopLoss" need to input in pairs/;
    const requests = [PARTIAL, { ...PARTIAL, stopLoss: '90' }, { ...PARTIAL, slSize: '1' }];
    for (const request of requests) {
      const { body } = await venue.post('position/trading-stop', request);
      expect(body).toMatchObject({ retCode: 10001, retMsg: expect.stringMatching(text) });
    }
    await set(venue, { incompletePartialStop: 'not-modified' });
    for (const request of requests) expect(await tradingStop(venue, request)).toBe(34040);
  });

  test('of Partial mode are not on the row, or the newest of each kind is where no Full one is', async () => {
    await using venue = await exchange();
    await create(venue, { qty: '3' });
    const pair = { ...PARTIAL, tpSize: '1', slSize: '1' };
    await tradingStop(venue, { ...pair, takeProfit: '110', stopLoss: '90' });
    await tradingStop(venue, { ...pair, takeProfit: '111', stopLoss: '91' });
    expect(await position(venue)).toMatchObject({ takeProfit: '', stopLoss: '' });
    await set(venue, { partialOnRow: true });
    expect(await position(venue)).toMatchObject({ takeProfit: '111', stopLoss: '91' });
    await tradingStop(venue, { ...FULL, stopLoss: '85' });
    expect(await position(venue)).toMatchObject({ takeProfit: '111', stopLoss: '85' });
  });
});

describe('a trailing stop before its activation price', () => {
  const waiting = { ...FULL, trailingStop: '3', activePrice: '105' };

  test.each([
    ['Buy', waiting, { side: 'Sell', direction: 1, armed: 2, on: '105', level: '102' }],
    ['Sell', { ...waiting, activePrice: '95' }, { side: 'Buy', direction: 2, armed: 1, on: '95', level: '98' }],
  ])(
    'of a %s is no order, or one that waits for it, protects nothing, and arms in place',
    async (side, request, then) => {
      await using venue = await exchange();
      await create(venue, { side });
      await tradingStop(venue, request);
      expect(await open(venue)).toEqual([]);
      await tradingStop(venue, { ...FULL, trailingStop: '0' });
      await set(venue, { waitingTrailing: 'shown' });
      expect(await tradingStop(venue, request)).toBe(0);
      const [waits] = await open(venue);
      const row = { stopOrderType: 'TrailingStop', orderStatus: 'Untriggered', side: then.side };
      expect(waits).toMatchObject({ ...row, triggerPrice: request.activePrice, triggerDirection: then.direction });
      const truth = async (): Promise<unknown> => (await venue.sim('GET', 'truth')).body['positions'];
      expect(await truth()).toMatchObject([{ unprotectedNow: true }]);
      await move(venue, then.on);
      const { orderId } = waits ?? {};
      expect(await open(venue)).toMatchObject([
        { ...row, orderId, triggerPrice: then.level, triggerDirection: then.armed },
      ]);
      expect(await truth()).toMatchObject([{ unprotectedNow: false }]);
      await move(venue, then.level);
      expect(await position(venue)).toMatchObject({ size: '0' });
    },
  );

  test('is taken away with its order, and goes back to waiting in place', async () => {
    await using venue = await exchange();
    await set(venue, { waitingTrailing: 'shown' });
    await create(venue, {});
    await tradingStop(venue, { ...FULL, trailingStop: '3' });
    const [armed] = await open(venue);
    await tradingStop(venue, waiting);
    expect(await open(venue)).toMatchObject([{ orderId: armed?.['orderId'], triggerPrice: '105' }]);
    expect(codeOf(await venue.post('order/cancel', { ...LINEAR, orderId: armed?.['orderId'] }))).toBe(0);
    expect(await position(venue)).toMatchObject({ trailingStop: '0' });
    await move(venue, '106');
    expect(await open(venue)).toEqual([]);
  });
});
