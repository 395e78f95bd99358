import { decimal, sum } from '@backstop/core';
import { expect } from 'vitest';
import { free } from './connect.ts';
import { PRICE, type TradingSession } from './trading-session.ts';

/** What every venue behind the Exchange port must do, seen through the port only: title and proof. */
export const CONTRACT: Readonly<Record<string, (session: TradingSession) => Promise<void>>> = {
  'instruments and tickers know the symbol': async (session) => {
    const account = await session.fresh();
    const instrument = (await account.instruments(free())).get(session.venue.symbol);
    expect(instrument).toMatchObject({ symbol: session.venue.symbol, status: 'Trading', deliveryTimeMs: 0 });
    expect(instrument?.tickSize).toBeGreaterThan(0n);
    expect((await account.tickers(free())).get(session.venue.symbol)).toEqual({
      last: PRICE,
      mark: PRICE,
      index: PRICE,
    });
    expect(await account.takerFeeRate({ symbol: session.venue.symbol }, free())).toBeGreaterThan(0n);
  },

  'a wrong secret is a matter of credentials': async (session) => {
    const account = await session.venue.openWithWrongSecret();
    await expect(account.positions({}, free())).rejects.toMatchObject({ reason: 'credentials' });
  },

  'the equity is what was paid in, and moves with what an open position wins or loses': async (session) => {
    const account = await session.fresh();
    const paidIn = await account.equity(free());
    expect(paidIn).toBeGreaterThan(decimal('1000'));
    await session.accepted(account, [session.market({ qty: decimal('2') })]);
    const before = await account.equity(free());
    await session.venue.setPrice(decimal('110'));
    expect((await account.equity(free())) - before).toBe(decimal('20'));
    expect(paidIn - before).toBeLessThan(decimal('1')); // the fee
  },

  'a flat account lists no positions, and a flat row for a symbol that is asked for': async (session) => {
    const account = await session.fresh();
    expect(await account.positions({}, free())).toEqual([]);
    expect(await session.position(account)).toMatchObject({
      side: undefined,
      size: 0n,
      positionIdx: 0,
      stopLoss: undefined,
    });
  },

  'a limit order rests as it was written and is found by its id': async (session) => {
    const account = await session.fresh();
    const spec = session.order({ stopLoss: decimal('80'), slTriggerBy: 'MarkPrice' });
    const [orderId] = await session.accepted(account, [spec]);
    const [row] = await session.working(account);
    expect(row).toMatchObject({
      orderId,
      orderLinkId: spec.orderLinkId,
      symbol: session.venue.symbol,
      side: 'Buy',
      status: 'New',
      stopOrderType: '',
      price: spec.price,
      qty: spec.qty,
      leavesQty: spec.qty,
      cumExecQty: 0n,
      stopLoss: decimal('80'),
      reduceOnly: false,
    });
    expect(await account.findOrder({ symbol: session.venue.symbol, orderLinkId: spec.orderLinkId }, free())).toEqual(
      row,
    );
    expect(await account.openOrders({ filter: 'StopOrder' }, free())).toEqual([]);
  },

  'an id is used once only': async (session) => {
    const account = await session.fresh();
    const spec = session.order();
    await session.accepted(account, [spec]);
    expect(await account.createOrders([spec], free())).toMatchObject([{ error: { reason: 'duplicate-link-id' } }]);
    expect((await session.working(account)).length).toBe(1);
  },

  'an unknown id is found nowhere': async (session) => {
    const account = await session.fresh();
    expect(await account.findOrder({ symbol: session.venue.symbol, orderLinkId: 'bs-never' }, free())).toBeUndefined();
  },

  'each order of a batch succeeds or fails by itself': async (session) => {
    const account = await session.fresh();
    const replies = await account.createOrders(
      [session.order(), session.takeProfit('110', '1'), session.order()],
      free(),
    );
    expect(replies).toMatchObject([{ ok: true }, { error: { reason: 'no-capacity' } }, { ok: true }]);
    const ids = replies.flatMap((reply) => (reply.ok ? [reply.orderId] : []));
    expect((await session.working(account)).map(({ orderId }) => orderId).toSorted()).toEqual(ids.toSorted());
  },

  'a market entry with an attached stop is protected at once, and its fill is listed': async (session) => {
    const account = await session.fresh();
    const sinceMs = Date.now() - 60_000;
    const spec = session.market({ qty: decimal('2'), stopLoss: decimal('95'), slTriggerBy: 'LastPrice' });
    await session.accepted(account, [spec]);

    const row = await session.position(account);
    expect(row).toMatchObject({ side: 'Buy', size: decimal('2'), stopLoss: decimal('95'), status: 'Normal' });
    expect(await account.positions({}, free())).toEqual([row]);
    expect(await session.stopRow(account)).toMatchObject({
      orderLinkId: '',
      side: 'Sell',
      status: 'Untriggered',
      triggerPrice: decimal('95'),
      triggerBy: 'LastPrice',
      qty: decimal('2'),
      reduceOnly: true,
    });
    const fills = await account.executions({ sinceMs }, free());
    expect(fills.every(({ orderLinkId, execType }) => orderLinkId === spec.orderLinkId && execType === 'Trade')).toBe(
      true,
    );
    expect(sum(fills.map(({ qty }) => qty))).toBe(decimal('2'));
    expect(sum(fills.map(({ fee }) => fee))).toBeGreaterThan(0n);
    const filled = await account.findOrder({ symbol: session.venue.symbol, orderLinkId: spec.orderLinkId }, free());
    expect(filled).toMatchObject({ status: 'Filled', leavesQty: 0n, cumExecQty: decimal('2') });
  },

  'a stop is moved in place, and setting it again is not-modified': async (session) => {
    const account = await session.fresh();
    await session.accepted(account, [session.market()]);
    const stop = { symbol: session.venue.symbol, positionIdx: 0, triggerBy: 'MarkPrice' } as const;
    expect(await account.setStop({ ...stop, triggerPrice: decimal('95') }, free())).toMatchObject({ ok: true });
    expect(await account.setStop({ ...stop, triggerPrice: decimal('97') }, free())).toMatchObject({ ok: true });
    const again = await account.setStop({ ...stop, triggerPrice: decimal('97') }, free());
    expect(again).toMatchObject({ error: { reason: 'not-modified' } });
    expect((await session.position(account)).stopLoss).toBe(decimal('97'));
    expect(await session.stopRow(account)).toMatchObject({ triggerPrice: decimal('97'), triggerBy: 'MarkPrice' });
  },

  'a stop needs a position and the right side of the market': async (session) => {
    const account = await session.fresh();
    const stop = { symbol: session.venue.symbol, positionIdx: 0, triggerBy: 'LastPrice' } as const;
    const flat = await account.setStop({ ...stop, triggerPrice: decimal('95') }, free());
    expect(flat).toMatchObject({ error: { reason: 'no-position' } });
    await session.accepted(account, [session.market()]);
    const through = await account.setStop({ ...stop, triggerPrice: decimal('105') }, free());
    expect(through).toMatchObject({ error: { reason: 'through-market' } });
  },

  'a trailing stop is armed beside the stop, shown on the position, and outlives a stop that moves': async (
    session,
  ) => {
    const account = await session.fresh();
    await session.accepted(account, [session.market({ qty: decimal('2'), stopLoss: decimal('90') })]);
    const stop = { symbol: session.venue.symbol, positionIdx: 0, triggerBy: 'LastPrice' } as const;
    const trailing = { distance: decimal('4') };
    const armed = await account.setStop({ ...stop, triggerPrice: decimal('90'), trailing }, free());
    expect(armed).toMatchObject({ ok: true });
    expect(await session.position(account)).toMatchObject({ stopLoss: decimal('90'), trailingStop: decimal('4') });
    expect(await account.setStop({ ...stop, triggerPrice: decimal('92') }, free())).toMatchObject({ ok: true });
    expect(await session.position(account)).toMatchObject({ stopLoss: decimal('92'), trailingStop: decimal('4') });

    const rows = await account.openOrders({ symbol: session.venue.symbol, filter: 'StopOrder' }, free());
    expect(rows.find(({ stopOrderType }) => stopOrderType === 'TrailingStop')).toMatchObject({
      orderLinkId: '',
      status: 'Untriggered',
      triggerPrice: decimal('96'),
      reduceOnly: true,
    });
    await session.venue.setPrice(decimal('95'));
    expect(await session.position(account)).toMatchObject({ size: 0n, side: undefined });
    const fills = await account.executions({ sinceMs: Date.now() - 60_000 }, free());
    expect(fills.at(-1)).toMatchObject({ orderLinkId: '', stopOrderType: 'TrailingStop', qty: decimal('2') });
  },

  'a take-profit fills when the price comes, and the stop follows the size': async (session) => {
    const account = await session.fresh();
    await session.accepted(account, [session.market({ qty: decimal('2'), stopLoss: decimal('95') })]);
    const [first, second] = [session.takeProfit('110', '1.5'), session.takeProfit('120', '0.5')];
    await session.accepted(account, [first, second]);
    await session.venue.setPrice(decimal('111'));

    expect(await session.position(account)).toMatchObject({ size: decimal('0.5'), stopLoss: decimal('95') });
    expect((await session.stopRow(account))?.qty).toBe(decimal('0.5'));
    const query = { symbol: session.venue.symbol, orderLinkId: first.orderLinkId };
    expect(await account.findOrder(query, free())).toMatchObject({ status: 'Filled', cumExecQty: decimal('1.5') });
    const fills = await account.executions({ sinceMs: Date.now() - 60_000 }, free());
    expect(fills.map(({ closedSize }) => closedSize)).toEqual([0n, decimal('1.5')]);
  },

  'an amend changes what it names': async (session) => {
    const account = await session.fresh();
    await session.accepted(account, [session.market({ qty: decimal('2') })]);
    const [orderId = ''] = await session.accepted(account, [session.takeProfit('110', '1')]);
    const target = { symbol: session.venue.symbol, orderId };
    expect(await account.amendOrders([{ ...target, qty: decimal('1.5') }], free())).toEqual([{ ok: true, orderId }]);
    const rows = await account.openOrders({ filter: 'Order' }, free());
    expect(rows).toMatchObject([{ orderId, qty: decimal('1.5'), price: decimal('110') }]);
  },

  'a cancelled order is gone from the list, remembered, and unknown to a second cancel': async (session) => {
    const account = await session.fresh();
    const spec = session.order();
    const [orderId = ''] = await session.accepted(account, [spec]);
    const target = { symbol: session.venue.symbol, orderId };
    expect(await account.cancelOrders([target], free())).toEqual([{ ok: true, orderId }]);
    expect(await session.working(account)).toEqual([]);
    const query = { symbol: session.venue.symbol, orderLinkId: spec.orderLinkId };
    expect(await account.findOrder(query, free())).toMatchObject({ status: 'Cancelled', cancelType: 'CancelByUser' });
    expect(await account.cancelOrders([target], free())).toMatchObject([{ error: { reason: 'unknown-order' } }]);
    expect(await account.amendOrders([{ ...target, qty: decimal('3') }], free())).toMatchObject([
      { error: { reason: 'unknown-order' } },
    ]);
  },

  'an exit of quantity 0 closes the whole position and its stop': async (session) => {
    const account = await session.fresh();
    await session.accepted(account, [session.market({ qty: decimal('3'), stopLoss: decimal('90') })]);
    await session.accepted(account, [
      session.market({ side: 'Sell', qty: 0n, reduceOnly: true, closeOnTrigger: true }),
    ]);
    expect(await session.position(account)).toMatchObject({ size: 0n, side: undefined });
    expect(await session.working(account)).toEqual([]);
  },

  'a listing goes on over its pages': async (session) => {
    const account = await session.fresh();
    const created = [];
    for (let count = 0; count < 60; count += 20) {
      const specs = Array.from({ length: 20 }, () => session.order());
      created.push(...(await session.accepted(account, specs)));
    }
    const rows = await session.working(account);
    expect(rows.map(({ orderId }) => orderId).toSorted()).toEqual(created.toSorted());
  },
};
