import { describe, expect, test } from 'vitest';
import { exchange, order, SYMBOL } from '../exchange-client.ts';
import type { Exchange } from '../exchange-client.ts';
import { connect, authFrame, privateSocket, rowsOf } from './socket.ts';
import type { Frame, Socket } from './socket.ts';

const ALL = ['order', 'execution', 'position', 'wallet'];

/** Lets everything that is on its way arrive, and returns the topics' frames. */
async function settled(venue: Exchange, socket: Socket): Promise<readonly Frame[]> {
  await venue.sim('POST', 'clock', { advanceMs: 100 });
  await socket.ask({ op: 'ping' });
  return socket.frames.filter(({ topic }) => topic !== undefined);
}

const topicsOf = (frames: readonly Frame[]): readonly unknown[] => frames.map(({ topic }) => topic);

describe('what a private stream tells', () => {
  test('execution and order of a match share their id; wallet and position follow within milliseconds', async () => {
    await using venue = await exchange({ clock: 'virtual' });
    using socket = await privateSocket(venue.url, ...ALL, 'execution.fast');
    await venue.post('order/create', order({ orderLinkId: 'entry' }));
    const frames = await settled(venue, socket);
    expect(topicsOf(frames)).toEqual(['execution.fast', 'execution', 'order', 'wallet', 'position']);
    const [fast, execution, filled, , position] = frames;
    const [row] = rowsOf(execution);
    const [id, atMs] = [`1000001_${SYMBOL}_${String(row?.['seq'])}`, Number(row?.['execTime'])];
    expect(fast && Object.keys(fast)).toEqual(['topic', 'creationTime', 'data']);
    expect(frames.slice(1).map((frame) => frame['id'])).toEqual([
      id,
      id,
      `1000001_wallet_${atMs + 3}`,
      `1000001_position_${atMs + 3}`,
    ]);
    expect(frames.map(({ creationTime }) => Number(creationTime) - atMs)).toEqual([2, 2, 2, 3, 3]);
    expect(rowsOf(position)).toMatchObject([{ seq: row?.['seq'], size: '1' }]);
    expect(rowsOf(filled)).toMatchObject([{ orderStatus: 'Filled', orderLinkId: 'entry' }]);
    const names = 'category symbol execId execPrice execQty orderId isMaker orderLinkId side execTime seq';
    expect(rowsOf(fast).map((fields) => Object.keys(fields).join(' '))).toEqual([names]);
  });

  test('a reaction says when the frame left that first told of its fill, and nothing where none did', async () => {
    await using venue = await exchange({ clock: 'virtual' });
    const truth = async (): Promise<Record<string, unknown>> => (await venue.sim('GET', 'truth')).body;
    const react = async (price: string, stopLoss: string): Promise<number> => {
      await venue.post('order/create', order({ orderType: 'Limit', price }));
      await venue.sim('POST', 'price', { symbol: SYMBOL, price });
      const filledAtMs = Number((await truth())['nowMs']);
      await venue.sim('POST', 'clock', { advanceMs: 40 });
      const stop = { category: 'linear', symbol: SYMBOL, positionIdx: 0, tpslMode: 'Full', stopLoss };
      await venue.post('position/trading-stop', stop);
      return filledAtMs;
    };
    const filledAtMs = await react('95', '85');
    expect((await truth())['reactions']).toEqual([expect.not.objectContaining({ toldAtMs: expect.any(Number) })]);
    expect((await truth())['reactions']).toMatchObject([{ filledAtMs, ms: 40 }]);
    using socket = await privateSocket(venue.url, 'execution', 'position');
    const heardAtMs = await react('94', '84');
    await settled(venue, socket);
    expect((await truth())['reactions']).toMatchObject([{}, { ms: 40, toldAtMs: heardAtMs + 2 }]);
  });

  test('the fast execution of a maker does not say its link id, the full one does', async () => {
    await using venue = await exchange({ clock: 'virtual' });
    using socket = await privateSocket(venue.url, 'execution', 'execution.fast');
    await venue.post('order/create', order({ orderType: 'Limit', price: '95', orderLinkId: 'maker' }));
    await venue.sim('POST', 'price', { symbol: SYMBOL, price: '94' });
    const [fast, full] = await settled(venue, socket);
    expect(rowsOf(fast)).toMatchObject([{ isMaker: true, orderLinkId: '' }]);
    expect(rowsOf(full)).toMatchObject([{ isMaker: true, orderLinkId: 'maker' }]);
  });

  test('nor does that of a resting order that an amend has made a taker', async () => {
    await using venue = await exchange({ clock: 'virtual' });
    using socket = await privateSocket(venue.url, 'execution.fast');
    await venue.post('order/create', order({ orderType: 'Limit', price: '95', orderLinkId: 'amended' }));
    await settled(venue, socket);
    await venue.post('order/amend', { category: 'linear', symbol: SYMBOL, orderLinkId: 'amended', price: '101' });
    const [fast] = await settled(venue, socket);
    expect(rowsOf(fast)).toMatchObject([{ isMaker: false, orderLinkId: '' }]);
  });

  test('a taker that sweeps several levels has its fills in one frame and only its last state', async () => {
    await using venue = await exchange({ clock: 'virtual' });
    await venue.sim('POST', 'options', { depthNotional: '100' });
    using socket = await privateSocket(venue.url, 'order', 'execution');
    await venue.post('order/create', order({ qty: '3' }));
    const [execution, filled] = await settled(venue, socket);
    expect(rowsOf(execution).length).toBeGreaterThan(2);
    expect(new Set(rowsOf(execution).map(({ seq }) => seq)).size).toBe(1);
    expect(rowsOf(filled)).toMatchObject([{ orderStatus: 'Filled', cumExecQty: '3' }]);
  });

  test('an entry of which nothing is filled brings order, wallet and position, and so do its amend and its cancel', async () => {
    await using venue = await exchange({ clock: 'virtual' });
    using socket = await privateSocket(venue.url, ...ALL);
    await venue.post('order/create', order({ orderType: 'Limit', price: '95', orderLinkId: 'a' }));
    const ref = { category: 'linear', symbol: SYMBOL, orderLinkId: 'a' };
    await settled(venue, socket);
    await venue.post('order/amend', { ...ref, price: '94' });
    await settled(venue, socket);
    await venue.post('order/cancel', ref);
    const frames = await settled(venue, socket);
    const each = ['order', 'wallet', 'position'];
    expect(topicsOf(frames)).toEqual([...each, ...each, ...each]);
    const states = frames.filter(({ topic }) => topic === 'order').flatMap(rowsOf);
    expect(states.map(({ orderStatus, price }) => [orderStatus, price])).toEqual([
      ['New', '95'],
      ['New', '94'],
      ['Cancelled', '94'],
    ]);
    const seqs = frames.filter(({ topic }) => topic === 'position').flatMap(rowsOf);
    const ids = frames.filter(({ topic }) => topic === 'order').map(({ id }) => id);
    expect(ids).toEqual(seqs.map(({ seq }) => `1000001_${SYMBOL}_${String(seq)}`));
  });

  test('funding is an execution without an order, and none for the fast topic', async () => {
    await using venue = await exchange({ clock: 'virtual' });
    await venue.post('order/create', order({}));
    using socket = await privateSocket(venue.url, ...ALL, 'execution.fast');
    await venue.sim('POST', 'faults', { faults: [{ kind: 'funding', symbol: SYMBOL, rate: '0.0001' }] });
    const frames = await settled(venue, socket);
    expect(topicsOf(frames)).toEqual(['execution', 'wallet', 'position']);
    expect(rowsOf(frames[0])).toMatchObject([{ execType: 'Funding', execFee: '0.01' }]);
  });

  test('the wallet is silent when only the price moves, or a stop does', async () => {
    await using venue = await exchange({ clock: 'virtual' });
    using socket = await privateSocket(venue.url, 'wallet', 'order');
    await venue.post('order/create', order({}));
    const before = (await settled(venue, socket)).length;
    await venue.sim('POST', 'price', { symbol: SYMBOL, price: '101' });
    await venue.post('position/trading-stop', { category: 'linear', symbol: SYMBOL, positionIdx: 0, stopLoss: '90' });
    expect(topicsOf((await settled(venue, socket)).slice(before))).toEqual(['order']);
  });

  test('a flat position is shown without side and entry, and its stop order as deactivated in the frame of the close', async () => {
    await using venue = await exchange({ clock: 'virtual' });
    using socket = await privateSocket(venue.url, 'order', 'position');
    await venue.post('order/create', order({ stopLoss: '90' }));
    await settled(venue, socket);
    await venue.post('order/create', order({ side: 'Sell', reduceOnly: true }));
    const frames = await settled(venue, socket);
    const close = frames.findLast(({ topic }) => topic === 'order');
    expect(rowsOf(close).map(({ orderStatus, stopOrderType }) => [orderStatus, stopOrderType])).toEqual([
      ['Deactivated', 'StopLoss'],
      ['Filled', ''],
    ]);
    const none = { takeProfit: '0', stopLoss: '0', trailingStop: '0' };
    expect(rowsOf(frames.at(-1))).toMatchObject([{ side: '', size: '0', entryPrice: '0', ...none }]);
  });
});

describe('who hears it', () => {
  test('a subscriber to the categorised names gets the same frames under those names', async () => {
    await using venue = await exchange({ clock: 'virtual' });
    using one = await privateSocket(venue.url, 'order', 'execution');
    using other = await privateSocket(venue.url, 'order.linear', 'execution.linear', 'order.spot');
    await venue.post('order/create', order({}));
    const [mine, theirs] = [await settled(venue, one), await settled(venue, other)];
    expect(topicsOf(theirs)).toEqual(['execution.linear', 'order.linear']);
    expect(theirs.map(({ topic: _topic, ...rest }) => rest)).toEqual(mine.map(({ topic: _topic, ...rest }) => rest));
  });

  test('nobody gets a snapshot, what they did not subscribe to, or what is about another account', async () => {
    await using venue = await exchange({ clock: 'virtual' });
    const other = { name: 'other', apiKey: 'other-key', secret: 'other-secret' };
    await venue.sim('POST', 'accounts', { accounts: [other] });
    using stranger = await connect(venue.url, '/v5/private');
    await stranger.ask(authFrame({ key: other.apiKey, secret: other.secret }));
    await stranger.ask({ op: 'subscribe', args: ALL });
    using left = await privateSocket(venue.url, 'order', 'wallet');
    await left.ask({ op: 'unsubscribe', args: ['wallet'] });
    using silent = await privateSocket(venue.url, 'greeks');
    await venue.post('order/create', order({}));
    expect(topicsOf(await settled(venue, left))).toEqual(['order']);
    expect(await settled(venue, stranger)).toEqual([]);
    expect(await settled(venue, silent)).toEqual([]);
  });

  test('the truth counts the frames of each account and topic', async () => {
    await using venue = await exchange({ clock: 'virtual' });
    using one = await privateSocket(venue.url, 'order');
    using two = await privateSocket(venue.url, 'order', 'execution');
    await venue.post('order/create', order({}));
    await Promise.all([settled(venue, one), settled(venue, two)]);
    const { streams } = (await venue.sim('GET', 'truth')).body;
    expect(streams).toMatchObject({
      frames: expect.arrayContaining([
        { account: 'main', topic: 'order', sent: 2, dropped: 0 },
        { account: 'main', topic: 'execution', sent: 1, dropped: 0 },
      ]),
    });
  });
});

describe('when it arrives', () => {
  test('the acknowledgement of a request comes before the frames of its effect', async () => {
    await using venue = await exchange();
    await venue.sim('POST', 'options', { streams: { streamDelayMs: 0, followDelayMs: 0 } });
    using heard = await privateSocket(venue.url, 'order');
    using trade = await connect(venue.url, '/v5/trade');
    await trade.ask(authFrame());
    const arrivals: string[] = [];
    trade.raw.on('message', () => arrivals.push('ack'));
    heard.raw.on('message', () => arrivals.push('frame'));
    const header = { 'X-BAPI-TIMESTAMP': String(Date.now()) };
    trade.send({ reqId: 'a', header, op: 'order.create', args: [order({})] });
    await Promise.all([heard.topic('order'), trade.until(({ reqId }) => reqId === 'a')]);
    expect(arrivals).toEqual(['ack', 'frame']);
  });

  test('a lag delays the delivery and not the creation time', async () => {
    await using venue = await exchange({ clock: 'virtual' });
    await venue.sim('POST', 'options', { streams: { streamLagMs: 5_000 } });
    using socket = await privateSocket(venue.url, 'order');
    await venue.post('order/create', order({}));
    expect(await settled(venue, socket)).toEqual([]);
    await venue.sim('POST', 'clock', { advanceMs: 4_900 });
    expect(await settled(venue, socket)).toHaveLength(1);
    const frame = socket.frames.find(({ topic }) => topic === 'order');
    const [row] = rowsOf(frame);
    expect(Number(frame?.['creationTime']) - Number(row?.['updatedTime'])).toBe(2);
  });

  test('the order frame comes first when the option says so', async () => {
    await using venue = await exchange({ clock: 'virtual' });
    await venue.sim('POST', 'options', { streams: { matchOrder: 'order-first' } });
    using socket = await privateSocket(venue.url, ...ALL);
    await venue.post('order/create', order({}));
    expect(topicsOf(await settled(venue, socket))).toEqual(['order', 'execution', 'wallet', 'position']);
  });
});

test('with the option, good topics of a frame with a bad one are subscribed', async () => {
  await using venue = await exchange({ clock: 'virtual' });
  using socket = await connect(venue.url, '/v5/private');
  await socket.ask(authFrame());
  const mixed = { op: 'subscribe', args: ['order', 'nonsense'] };
  const refused = { success: false, ret_msg: 'error:handler not found,topic:nonsense' };
  expect(await socket.ask(mixed)).toMatchObject(refused);
  await venue.post('order/create', order({}));
  expect(await settled(venue, socket)).toEqual([]);
  await venue.sim('POST', 'options', { streams: { mixedFrame: 'good-topics' } });
  expect(await socket.ask(mixed)).toMatchObject(refused);
  await venue.post('order/create', order({}));
  expect(topicsOf(await settled(venue, socket))).toEqual(['order']);
});
