import { describe, expect, test } from 'vitest';
import { codeOf, create, LINEAR, open, position, rowsOf, set } from './assumed.ts';
import { exchange } from './exchange-client.ts';
import type { Received } from './exchange-client.ts';

describe('listings and link ids', () => {
  test('a limit above the maximum is refused, or taken for it, with everything else still checked', async () => {
    await using venue = await exchange();
    const listings: [string, Record<string, string>][] = [
      ['order/realtime', {}],
      ['order/history', {}],
      ['execution/list', {}],
      ['position/list', {}],
      ['position/closed-pnl', {}],
      ['account/transaction-log', {}],
      ['market/instruments-info', {}],
      ['market/kline', { interval: '1' }],
      ['market/recent-trade', {}],
      ['market/orderbook', {}],
      ['market/funding/history', {}],
      ['market/open-interest', { intervalTime: '5min' }],
    ];
    const codes = (query: object): Promise<readonly number[]> =>
      Promise.all(listings.map(async ([path, own]) => codeOf(await venue.get(path, { ...LINEAR, ...own, ...query }))));
    const all = (code: number): readonly number[] => listings.map(() => code);
    expect(await codes({ limit: '5000' })).toEqual(all(10001));
    await set(venue, { listingLimit: 'clamp' });
    expect(await codes({ limit: '5000' })).toEqual(all(0));
    expect(await codes({ limit: '0' })).toEqual(all(10001));
    for (let count = 0; count < 51; count += 1) {
      await create(venue, {});
      await create(venue, { side: 'Sell', reduceOnly: true });
    }
    expect(await open(venue, { openOnly: '1', limit: '5000' })).toHaveLength(50);
    expect(codeOf(await venue.get('order/realtime', { ...LINEAR, limit: '51', cursor: 'none' }))).toBe(10001);
  });

  test('openOnly=1 lists closed orders alone, or among the open ones by age', async () => {
    await using venue = await exchange();
    const resting = { orderType: 'Limit', price: '90' };
    await create(venue, { ...resting, orderLinkId: 'first' });
    await create(venue, { orderLinkId: 'filled' });
    await create(venue, { ...resting, orderLinkId: 'last' });
    const linkIds = async (): Promise<readonly unknown[]> =>
      (await open(venue, { openOnly: '1' })).map(({ orderLinkId }) => orderLinkId);
    expect(await linkIds()).toEqual(['filled']);
    await set(venue, { openOnlyOne: 'with-open' });
    expect(await linkIds()).toEqual(['last', 'filled', 'first']);
  });

  test('a link id is never free again, or as soon as its order has ended', async () => {
    await using venue = await exchange();
    const resting = { orderType: 'Limit', price: '90', orderLinkId: 'again' };
    const cancel = async (): Promise<number> => codeOf(await venue.post('order/cancel', { ...LINEAR, ...resting }));
    await create(venue, resting);
    await cancel();
    expect(await create(venue, resting)).toBe(110072);
    await set(venue, { linkIdReuse: 'after-end' });
    expect(await create(venue, resting)).toBe(0);
    expect(await create(venue, resting)).toBe(110072);
    expect(await open(venue, { orderLinkId: 'again' })).toMatchObject([{ orderStatus: 'New' }]);
    expect(await cancel()).toBe(0);
  });

  test('a link id that came again outlives the order that had it first', async () => {
    await using venue = await exchange({ clock: 'virtual' });
    await set(venue, { linkIdReuse: 'after-end', forgetAfterMs: 1_000 });
    const resting = { orderType: 'Limit', price: '90' };
    await create(venue, { ...resting, orderLinkId: 'again' });
    await venue.post('order/cancel', { ...LINEAR, orderLinkId: 'again' });
    await create(venue, { ...resting, orderLinkId: 'again' });
    for (let count = 0; count < 501; count += 1) await create(venue, { qty: '0.1' });
    await venue.sim('POST', 'clock', { advanceMs: 5_000 });
    await create(venue, {});
    expect((await venue.sim('GET', 'truth')).body['forgotten']).toMatchObject({
      orders: expect.toSatisfy((count) => count > 0),
    });
    expect(await open(venue, { orderLinkId: 'again' })).toMatchObject([{ orderStatus: 'New' }]);
  });
});

/** The HTTP statuses of those that were one too many. */
function refused(replies: readonly Received[]): readonly number[] {
  return replies.filter((reply) => codeOf(reply) === 10006).map(({ status }) => status);
}

describe('the gate', () => {
  const unknown = { key: 'nobody', aheadMs: -60_000 };
  const badlySigned = { secret: 'x', aheadMs: -60_000 };

  test.each([
    ['key-timestamp-signature', 10003, 10002],
    ['key-signature-timestamp', 10003, 10004],
    ['timestamp-key-signature', 10002, 10002],
  ])('looks in the order %s', async (gateOrder, ofUnknown, ofBadlySigned) => {
    await using venue = await exchange();
    await set(venue, { gateOrder });
    expect(codeOf(await venue.get('position/list', LINEAR, unknown))).toBe(ofUnknown);
    expect(codeOf(await venue.get('position/list', LINEAR, badlySigned))).toBe(ofBadlySigned);
    expect(codeOf(await venue.get('position/list', LINEAR, { aheadMs: -60_000 }))).toBe(10002);
    expect(codeOf(await venue.get('position/list', LINEAR, { secret: 'x' }))).toBe(10004);
    expect(codeOf(await venue.get('position/list', LINEAR))).toBe(0);
  });

  test('answers 10006 under HTTP 200, or under the status of the option', async () => {
    await using venue = await exchange({ limits: 'real', clock: 'virtual' });
    const burst = async (): Promise<readonly Received[]> =>
      Promise.all(Array.from({ length: 11 }, () => venue.get('user/query-api')));
    expect(refused(await burst())).toEqual([200]);
    await set(venue, { limits: { refusedStatus: 429 } });
    const [status, ...others] = refused(await burst());
    expect([status, ...new Set(others)]).toEqual([429, 429]);
    await venue.sim('POST', 'clock', { advanceMs: 1_000 });
    expect(await venue.get('user/query-api')).toMatchObject({ status: 200 });
  });
});

test('what changes is updated at its moment, or so much later', async () => {
  await using venue = await exchange({ clock: 'virtual' });
  const resting = { orderType: 'Limit', price: '90' };
  await create(venue, resting);
  const [early] = await open(venue);
  expect(early?.['updatedTime']).toBe(early?.['createdTime']);
  await set(venue, { updatedLagMs: 3 });
  await create(venue, resting);
  const [late] = await open(venue);
  expect(Number(late?.['updatedTime']) - Number(late?.['createdTime'])).toBe(3);
  await create(venue, {});
  const [execution] = rowsOf(await venue.get('execution/list', LINEAR));
  expect(Number((await position(venue))?.['updatedTime']) - Number(execution?.['execTime'])).toBe(3);
});
