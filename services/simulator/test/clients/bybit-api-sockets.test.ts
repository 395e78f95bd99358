import { describe, expect, test } from 'vitest';
import { exchange, order, SYMBOL } from '../exchange-client.ts';
import type { Exchange } from '../exchange-client.ts';
import { socketClient } from './socket-clients.ts';
import type { Emitted } from './socket-clients.ts';

/** How long something that has to come may take on a busy machine. */
const PATIENCE = { timeout: 15_000 };
const TOPICS = ['order', 'position', 'execution', 'wallet'];

function namesOf(emitted: Emitted): readonly string[] {
  return emitted.map(([name]) => name);
}

function updatesOf(emitted: Emitted): readonly Record<string, unknown>[] {
  return emitted.flatMap(([name, event]) => (name === 'update' ? [event] : []));
}

/** Waits for the acknowledgements that a client counts as "ready": so many of a subscribe frame. */
async function subscribed(emitted: Emitted, times = 1): Promise<void> {
  await expect
    .poll(
      () => emitted.filter(([name, { op, success }]) => name === 'response' && op === 'subscribe' && success === true),
      PATIENCE,
    )
    .toHaveLength(times);
}

async function cutSockets(venue: Exchange): Promise<void> {
  await venue.sim('POST', 'faults', { faults: [{ kind: 'socket-cut' }] });
}

describe('WebsocketClient on the private stream', () => {
  test('opens, authenticates, subscribes, and tells of a fill on all four topics', async () => {
    await using venue = await exchange();
    using stream = socketClient(venue, 'private');
    void stream.client.subscribeV5(TOPICS, 'linear');
    await subscribed(stream.emitted);
    expect(namesOf(stream.emitted)).toEqual(['open', 'authenticated', 'response']);
    expect(stream.emitted[1]?.[1]).toMatchObject({ op: 'auth', success: true, req_id: 'v5Private-auth' });
    expect(stream.emitted[2]?.[1]).toMatchObject({ req_id: TOPICS.join(','), success: true, ret_msg: '' });

    await venue.post('order/create', order({ orderLinkId: 'in' }));
    const topics = (): readonly unknown[] => updatesOf(stream.emitted).map(({ topic }) => topic);
    await expect.poll(topics, PATIENCE).toEqual(expect.arrayContaining(TOPICS));
    const filled = updatesOf(stream.emitted).find(({ topic }) => topic === 'order');
    expect(filled).toMatchObject({
      wsKey: 'v5Private',
      id: expect.stringMatching(/^\d+_TESTUSDT_\d+$/),
      data: [{ category: 'linear', symbol: SYMBOL, orderLinkId: 'in', orderStatus: 'Filled' }],
    });
    const executed = updatesOf(stream.emitted).find(({ topic }) => topic === 'execution');
    expect(executed?.['id']).toBe(filled?.['id']);
    const position = updatesOf(stream.emitted).find(({ topic }) => topic === 'position');
    expect(position).toMatchObject({ data: [{ side: 'Buy', size: '1', entryPrice: '100' }] });
  });

  test('after a cut it comes back, authenticates and subscribes by itself, and hears again', async () => {
    await using venue = await exchange();
    using stream = socketClient(venue, 'private');
    void stream.client.subscribeV5(TOPICS, 'linear');
    await subscribed(stream.emitted);
    await cutSockets(venue);
    await subscribed(stream.emitted, 2);
    const again = namesOf(stream.emitted).slice(namesOf(stream.emitted).indexOf('reconnect'));
    expect(again.filter((name) => name !== 'close')).toEqual(['reconnect', 'reconnected', 'authenticated', 'response']);
    await venue.post('order/create', order({ orderType: 'Limit', price: '90' }));
    await expect.poll(() => updatesOf(stream.emitted).map(({ topic }) => topic), PATIENCE).toContain('order');
  });

  test('no snapshot is sent to a client that comes back', async () => {
    await using venue = await exchange();
    await venue.post('order/create', order({}));
    using stream = socketClient(venue, 'private');
    void stream.client.subscribeV5(TOPICS, 'linear');
    await subscribed(stream.emitted);
    await cutSockets(venue);
    await subscribed(stream.emitted, 2);
    await venue.post('order/cancel-all', { category: 'linear', settleCoin: 'USDT' });
    await venue.get('account/info');
    expect(updatesOf(stream.emitted)).toEqual([]);
  });

  test.each([
    ['a wrong secret', { secret: 'wrong' }],
    ['an unknown key', { key: 'nobody' }],
  ])(
    '%s is one exception and then silence: nothing is subscribed and the socket stays open',
    async (_name, options) => {
      await using venue = await exchange();
      using stream = socketClient(venue, 'private', options);
      void stream.client.subscribeV5(TOPICS, 'linear');
      await expect.poll(() => namesOf(stream.emitted), PATIENCE).toContain('exception');
      await venue.post('order/create', order({}));
      await venue.get('account/info');
      expect(namesOf(stream.emitted)).toEqual(['open', 'exception']);
      expect(stream.emitted[1]?.[1]).toMatchObject({ op: 'auth', success: false, ret_msg: expect.any(String) });
    },
  );

  test('an authentication without an answer leaves the client waiting', async () => {
    await using venue = await exchange();
    await venue.sim('POST', 'faults', { faults: [{ kind: 'auth-silent', endpoint: 'private' }] });
    using stream = socketClient(venue, 'private');
    void stream.client.subscribeV5(TOPICS, 'linear');
    await expect.poll(() => namesOf(stream.emitted), PATIENCE).toContain('open');
    const hits = async (): Promise<unknown> => (await venue.sim('GET', 'faults')).body['faults'];
    await expect.poll(hits, PATIENCE).toMatchObject([{ kind: 'auth-silent', hits: 1 }]);
    expect(namesOf(stream.emitted)).toEqual(['open']);
  });
});

describe('WebsocketClient when connecting goes wrong', () => {
  test('a socket that is half-open is noticed by its pings and replaced', async () => {
    await using venue = await exchange();
    using stream = socketClient(venue, 'private', { pingInterval: 50, pongTimeout: 150 });
    void stream.client.subscribeV5(TOPICS, 'linear');
    await subscribed(stream.emitted);
    await venue.sim('POST', 'faults', { faults: [{ kind: 'half-open' }] });
    await subscribed(stream.emitted, 2);
    await venue.post('order/create', order({}));
    await expect.poll(() => updatesOf(stream.emitted).map(({ topic }) => topic), PATIENCE).toContain('order');
  });

  test('an address over its share of new sockets is refused until there is room, and the client goes on trying', async () => {
    await using venue = await exchange({ limits: 'real' });
    const refused = async (): Promise<number> => Object((await venue.sim('GET', 'truth')).body['streams']).refused;
    await venue.sim('POST', 'options', { limits: { socketsPerWindow: 1 } });
    using first = socketClient(venue, 'private');
    void first.client.subscribeV5(TOPICS, 'linear');
    await subscribed(first.emitted);
    using second = socketClient(venue, 'private');
    void second.client.subscribeV5(TOPICS, 'linear');
    await expect.poll(refused, PATIENCE).toBeGreaterThanOrEqual(3);
    expect(second.emitted).not.toContainEqual(['open', expect.anything()]);
    await venue.sim('POST', 'options', { limits: { socketsPerWindow: 500 } });
    await subscribed(second.emitted);
  });
});

describe('WebsocketClient on the public stream', () => {
  test('gets a snapshot of a ticker and then what changes', async () => {
    await using venue = await exchange();
    using stream = socketClient(venue, 'public/linear');
    void stream.client.subscribeV5([`tickers.${SYMBOL}`, `publicTrade.${SYMBOL}`], 'linear');
    await expect
      .poll(() => updatesOf(stream.emitted), PATIENCE)
      .toMatchObject([
        { topic: `tickers.${SYMBOL}`, type: 'snapshot', wsKey: 'v5LinearPublic', data: { lastPrice: '100.0' } },
      ]);
    await venue.sim('POST', 'price', { symbol: SYMBOL, price: '101' });
    const ofTicker = (): readonly Record<string, unknown>[] =>
      updatesOf(stream.emitted).filter(({ topic, type }) => topic === `tickers.${SYMBOL}` && type === 'delta');
    await expect
      .poll(ofTicker, PATIENCE)
      .toContainEqual(
        expect.objectContaining({ data: expect.objectContaining({ symbol: SYMBOL, lastPrice: '101.0' }) }),
      );
  });

  test.each([
    ['an unknown contract', 'tickers.NOUSDT'],
    ['a private topic', 'orders'],
  ])('%s is an exception', async (_name, topic) => {
    await using venue = await exchange();
    using stream = socketClient(venue, 'public/linear');
    void stream.client.subscribeV5([topic], 'linear');
    await expect
      .poll(() => stream.emitted.find(([name]) => name === 'exception')?.[1], PATIENCE)
      .toMatchObject({
        success: false,
        op: 'subscribe',
        ret_msg: `error:handler not found,topic:${topic}`,
      });
  });

  test('its pings are answered so that it knows the connection lives', async () => {
    await using venue = await exchange();
    using stream = socketClient(venue, 'public/linear');
    void stream.client.subscribeV5([`tickers.${SYMBOL}`], 'linear');
    await subscribed(stream.emitted);
    const { promise: pong, resolve } = Promise.withResolvers<string>();
    const socket = stream.client.getWsStore().getWs('v5LinearPublic');
    socket?.addEventListener('message', ({ data }: { data: unknown }) => {
      if (String(data).includes('ret_msg":"pong')) resolve(String(data));
    });
    socket?.send('{"op":"ping"}');
    expect(JSON.parse(await pong)).toMatchObject({ success: true, ret_msg: 'pong', op: 'ping' });
  });
});
