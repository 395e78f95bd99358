import { expect, test } from 'vitest';
import { exchange, order, SYMBOL } from '../exchange-client.ts';
import type { Exchange } from '../exchange-client.ts';
import { connect } from './socket.ts';
import type { Frame, Socket } from './socket.ts';

const PUBLIC = '/v5/public/linear';

async function settled(venue: Exchange, socket: Socket, advanceMs: number): Promise<readonly Frame[]> {
  await venue.sim('POST', 'clock', { advanceMs });
  await socket.ask({ op: 'ping' });
  return socket.frames.filter(({ topic }) => topic !== undefined);
}

const move = (venue: Exchange, price: string): Promise<unknown> =>
  venue.sim('POST', 'price', { symbol: SYMBOL, price });

test('a subscriber gets the acknowledgement, then a snapshot, then what changes at the topic rate', async () => {
  await using venue = await exchange({ clock: 'virtual' });
  using socket = await connect(venue.url, PUBLIC);
  socket.send({ op: 'subscribe', args: [`tickers.${SYMBOL}`] });
  await socket.topic(`tickers.${SYMBOL}`);
  expect(socket.frames.map(({ op, type }) => op ?? type)).toEqual(['subscribe', 'snapshot']);
  await move(venue, '101');
  await move(venue, '102');
  expect(await settled(venue, socket, 99)).toHaveLength(1);
  const [, delta, ...more] = await settled(venue, socket, 1);
  expect(delta).toMatchObject({ type: 'delta', data: { symbol: SYMBOL, lastPrice: '102.0' } });
  expect(more).toEqual([]);
});

test('trades are told of at once, in one frame for each command', async () => {
  await using venue = await exchange({ clock: 'virtual' });
  using socket = await connect(venue.url, PUBLIC);
  await socket.ask({ op: 'subscribe', args: [`publicTrade.${SYMBOL}`] });
  await venue.post('order/create', order({}));
  const [frame, ...more] = await settled(venue, socket, 0);
  expect(frame).toMatchObject({ topic: `publicTrade.${SYMBOL}`, type: 'snapshot', data: [{ S: 'Buy', s: SYMBOL }] });
  expect(more).toEqual([]);
});

test('depth 1 repeats its last snapshot when nothing has changed for three seconds', async () => {
  await using venue = await exchange({ clock: 'virtual' });
  using socket = await connect(venue.url, PUBLIC);
  await socket.ask({ op: 'subscribe', args: [`orderbook.1.${SYMBOL}`] });
  const [first] = await socket.topic(`orderbook.1.${SYMBOL}`);
  const frames = await settled(venue, socket, 9_999);
  expect(frames.map(({ data }) => data)).toEqual(Array.from({ length: 4 }, () => first?.data));
});

test('one that joins later gets a snapshot of its own, and one that left gets nothing more', async () => {
  await using venue = await exchange({ clock: 'virtual' });
  using early = await connect(venue.url, PUBLIC);
  using late = await connect(venue.url, PUBLIC);
  const topic = { op: 'subscribe', args: [`orderbook.50.${SYMBOL}`] };
  await early.ask(topic);
  await move(venue, '101');
  expect(await settled(venue, early, 100)).toHaveLength(2);
  await late.ask(topic);
  await early.ask({ ...topic, op: 'unsubscribe' });
  await move(venue, '102');
  expect((await settled(venue, late, 100)).map(({ type }) => type)).toEqual(['snapshot', 'delta']);
  expect(await settled(venue, early, 100)).toHaveLength(2);
});

test('the last subscriber that leaves ends the topic, and the next one begins it anew', async () => {
  await using venue = await exchange({ clock: 'virtual' });
  const topic = { op: 'subscribe', args: [`tickers.${SYMBOL}`] };
  const first = await connect(venue.url, PUBLIC);
  await first.ask(topic);
  first.close();
  await first.closed;
  await move(venue, '105');
  using second = await connect(venue.url, PUBLIC);
  await second.ask(topic);
  const [snapshot] = await settled(venue, second, 0);
  expect(snapshot).toMatchObject({ type: 'snapshot', data: { lastPrice: '105.0' } });
});
