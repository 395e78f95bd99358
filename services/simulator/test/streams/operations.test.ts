import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { exchange, SYMBOL } from '../exchange-client.ts';
import { authFrame, connect } from './socket.ts';

describe('a private stream', () => {
  test('takes the expiry of an auth frame as a number and as a text, and answers with the id that was sent', async () => {
    await using venue = await exchange();
    for (const expires of [Date.now() + 5_000, String(Date.now() + 5_000)]) {
      using socket = await connect(venue.url, '/v5/private');
      socket.send({ ...authFrame({ expires }), req_id: 'v5Private-auth' });
      const answer = await socket.until(({ op }) => op === 'auth');
      expect(Object.keys(answer)).toEqual(['success', 'ret_msg', 'op', 'conn_id', 'req_id']);
      expect(answer).toMatchObject({ success: true, ret_msg: '', req_id: 'v5Private-auth' });
      expect(answer['conn_id']).toMatch(/^[0-9a-v]{20}-[0-9a-v]{5}$/);
    }
  });

  test.each([
    ['an unknown key', { key: 'nobody' }, 'API key is invalid.'],
    ['a wrong signature', { secret: 'wrong' }, 'Params Error'],
    ['an expiry in the past', { expires: Date.now() - 1_000 }, 'Params Error'],
    ['an expiry that is no number', { expires: 'soon' }, 'Params Error'],
  ])('refuses %s and stays open', async (_title, twist, text) => {
    await using venue = await exchange();
    using socket = await connect(venue.url, '/v5/private');
    expect(await socket.ask(authFrame(twist))).toMatchObject({ success: false, ret_msg: text, op: 'auth' });
    for (const op of ['subscribe', 'unsubscribe']) {
      const answer = await socket.ask({ op, args: ['order'] });
      expect(answer).toMatchObject({ success: false, ret_msg: 'Request not authorized', op });
    }
    expect(await socket.ask(authFrame())).toMatchObject({ success: true });
    expect(await socket.ask({ op: 'subscribe', args: ['order'] })).toMatchObject({ success: true, ret_msg: '' });
  });

  test('answers a ping with its own pong, with an id of the same type only when one was sent', async () => {
    await using venue = await exchange();
    using socket = await connect(venue.url, '/v5/private');
    socket.send({ op: 'ping' });
    const plain = await socket.until(({ op }) => op === 'pong');
    expect(Object.keys(plain)).toEqual(['op', 'args', 'conn_id']);
    expect(plain['args']).toEqual([expect.stringMatching(/^\d{13}$/)]);
    socket.send({ op: 'ping', req_id: 7 });
    expect(Object.keys(await socket.until(({ req_id: id }) => id === 7))).toEqual(['req_id', 'op', 'args', 'conn_id']);
  });

  test('does not take all-in-one and categorised topics together, nor unknown ones', async () => {
    await using venue = await exchange();
    using socket = await connect(venue.url, '/v5/private');
    await socket.ask(authFrame());
    for (const args of [['order', 'order.linear'], ['order', 'orders'], ['tickers.TESTUSDT'], []]) {
      expect(await socket.ask({ op: 'subscribe', args })).toMatchObject({ success: false, op: 'subscribe' });
    }
    expect(await socket.ask({ op: 'subscribe', args: ['order', 'position.linear', 'greeks'] })).toMatchObject({
      success: true,
    });
  });
});

describe('a public stream', () => {
  test('answers a ping with success and always says req_id', async () => {
    await using venue = await exchange();
    using socket = await connect(venue.url, '/v5/public/linear');
    socket.send({ op: 'ping' });
    const pong = await socket.until(() => true);
    expect(Object.entries(pong).filter(([name]) => name !== 'conn_id')).toEqual([
      ['success', true],
      ['ret_msg', 'pong'],
      ['req_id', ''],
      ['op', 'ping'],
    ]);
    expect(socket.texts[0]).toContain('"ret_msg":"pong"');
    socket.send({ op: 'ping', req_id: 12 });
    expect(await socket.until(({ req_id: id }) => id === 12)).toMatchObject({ ret_msg: 'pong' });
  });

  test.each([
    ['/v5/public/linear', 'order'],
    ['/v5/public/linear', `tickers.${SYMBOL.toLowerCase()}`],
    ['/v5/public/linear', 'tickers.NOPEUSDT'],
    ['/v5/public/spot', `tickers.${SYMBOL}`],
    ['/v5/public/option', `tickers.${SYMBOL}`],
  ])('at %s knows nothing of %s', async (path, topic) => {
    await using venue = await exchange();
    using socket = await connect(venue.url, path);
    expect(await socket.ask({ op: 'subscribe', args: [topic] })).toMatchObject({
      success: false,
      ret_msg: `error:handler not found,topic:${topic}`,
    });
  });

  test('takes the status topic on its own path, once', async () => {
    await using venue = await exchange();
    using socket = await connect(venue.url, '/v5/public/misc/status');
    const subscribe = { op: 'subscribe', args: ['system.status'] };
    expect(await socket.ask(subscribe)).toMatchObject({ success: true });
    expect(await socket.ask(subscribe)).toMatchObject({
      success: false,
      ret_msg: 'error:already subscribed,topic:system.status',
    });
    expect(await socket.ask({ ...subscribe, op: 'unsubscribe' })).toMatchObject({ success: true, op: 'unsubscribe' });
    expect(await socket.ask(subscribe)).toMatchObject({ success: true });
  });

  test('refuses more than 21,000 characters of topics', async () => {
    await using venue = await exchange();
    using socket = await connect(venue.url, '/v5/public/linear');
    const args = Array.from({ length: 1_300 }, (_, index) => `tickers.COIN${index}USDT`);
    const answer = await socket.ask({ op: 'subscribe', args });
    expect(answer).toMatchObject({ success: false, ret_msg: 'error:args size exceeds 21000' });
  });

  test('survives what is no frame, and says so', async () => {
    await using venue = await exchange();
    using socket = await connect(venue.url, '/v5/public/linear');
    socket.send('{"op":');
    const answer = await socket.until(({ success }) => success === false);
    expect(answer['ret_msg']).toMatch(/^Failed to decode incoming data:/);
    expect(await socket.ask({ op: 'dance' })).toMatchObject({ success: false, ret_msg: 'error:invalid op' });
    expect(await socket.ask(authFrame())).toMatchObject({ success: false, ret_msg: 'error:invalid op' });
    expect(await socket.ask({ op: 'ping' })).toMatchObject({ success: true });
  });
});

test('a handshake that is none is refused, and hurts nobody', async () => {
  await using venue = await exchange();
  const headers = { connection: 'Upgrade', upgrade: 'websocket' };
  const status = await new Promise<number | undefined>((resolve, reject) => {
    request(`${venue.url}/v5/private`, { headers }, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end();
  });
  expect(status).toBe(400);
  using socket = await connect(venue.url, '/v5/private');
  expect(await socket.ask({ op: 'ping' })).toMatchObject({ op: 'pong' });
});

test('other paths are not there', async () => {
  await using venue = await exchange();
  for (const path of ['/', '/v5/publick/linear', '/v5/public/linear/x', '/v6/private', '/v5/private/']) {
    await expect(connect(venue.url, path)).rejects.toThrow('404');
  }
});
