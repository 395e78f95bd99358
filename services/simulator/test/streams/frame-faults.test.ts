import { expect, test } from 'vitest';
import { exchange, order } from '../exchange-client.ts';
import type { Exchange } from '../exchange-client.ts';
import { authFrame, connect, privateSocket, rowsOf } from './socket.ts';
import type { Frame, Socket } from './socket.ts';

async function post(venue: Exchange, ...faults: readonly object[]): Promise<void> {
  expect((await venue.sim('POST', 'faults', { faults })).status).toBe(200);
}

async function settled(venue: Exchange, socket: Socket, advanceMs = 10): Promise<readonly Frame[]> {
  await venue.sim('POST', 'clock', { advanceMs });
  await socket.ask({ op: 'ping' });
  return socket.frames.filter(({ topic }) => topic !== undefined);
}

const topicsOf = (frames: readonly Frame[]): readonly unknown[] => frames.map(({ topic }) => topic);

test('a dropped frame never arrives, and the truth counts it', async () => {
  await using venue = await exchange({ clock: 'virtual' });
  using socket = await privateSocket(venue.url, 'order', 'execution');
  await post(venue, { kind: 'frame-dropped', endpoint: 'order', count: 1 });
  await venue.post('order/create', order({}));
  await venue.post('order/create', order({}));
  expect(topicsOf(await settled(venue, socket))).toEqual(['execution', 'execution', 'order']);
  const { streams } = (await venue.sim('GET', 'truth')).body;
  expect(streams).toMatchObject({
    frames: expect.arrayContaining([{ account: 'main', topic: 'order', sent: 1, dropped: 1 }]),
  });
});

test('who listens does not change which requests a fault strikes', async () => {
  const codes = await Promise.all(
    [[], ['order', 'execution', 'wallet']].map(async (topics) => {
      await using venue = await exchange({ clock: 'virtual' });
      using socket = topics.length === 0 ? undefined : await privateSocket(venue.url, ...topics);
      const chances = [{ kind: 'frame-dropped' }, { kind: 'server-error', endpoint: 'order/create' }];
      await post(venue, ...chances.map((fault) => ({ ...fault, probability: 0.5 })));
      const struck: number[] = [];
      for (let count = 0; count < 30; count += 1) {
        struck.push((await venue.post('order/create', order({}))).body.retCode);
        await venue.sim('POST', 'clock', { advanceMs: 10 });
      }
      expect(socket?.frames.length ?? 0).toBeGreaterThanOrEqual(topics.length);
      return struck;
    }),
  );
  expect(codes[0]).toContain(10016);
  expect(codes[1]).toEqual(codes[0]);
});

test('a delayed frame comes later by as much, behind those that were made after it', async () => {
  await using venue = await exchange({ clock: 'virtual' });
  using socket = await privateSocket(venue.url, 'order', 'execution');
  await post(venue, { kind: 'frame-delayed', endpoint: 'execution', ms: 5_000 });
  await venue.post('order/create', order({}));
  expect(topicsOf(await settled(venue, socket, 4_000))).toEqual(['order']);
  expect(topicsOf(await settled(venue, socket, 2_000))).toEqual(['order', 'execution']);
});

test('a duplicated frame comes twice, the same to the letter', async () => {
  await using venue = await exchange({ clock: 'virtual' });
  using socket = await privateSocket(venue.url, 'order');
  await post(venue, { kind: 'frame-duplicated', account: 'main' });
  await venue.post('order/create', order({}));
  const [one, two, ...more] = await settled(venue, socket);
  expect(one).toEqual(two);
  expect(more).toEqual([]);
});

test('a reordered frame lets the next one pass, and waits no longer than a second for it', async () => {
  await using venue = await exchange({ clock: 'virtual' });
  using socket = await privateSocket(venue.url, 'order', 'execution');
  await post(venue, { kind: 'frame-reordered', endpoint: 'execution' });
  await venue.post('order/create', order({}));
  expect(topicsOf(await settled(venue, socket))).toEqual(['order', 'execution']);
  await socket.ask({ op: 'unsubscribe', args: ['order'] });
  await venue.post('order/create', order({}));
  expect(await settled(venue, socket)).toHaveLength(2);
  expect(topicsOf(await settled(venue, socket, 1_000))).toEqual(['order', 'execution', 'execution']);
});

test('an unknown enum and an unknown field can come with a frame', async () => {
  await using venue = await exchange({ clock: 'virtual' });
  using socket = await privateSocket(venue.url, 'order');
  await post(venue, { kind: 'unknown-enum', endpoint: 'order' }, { kind: 'unknown-field', endpoint: 'order' });
  await venue.post('order/create', order({}));
  const [frame] = await settled(venue, socket);
  const [row] = rowsOf(frame);
  expect(row).toMatchObject({ orderStatus: 'SomethingNew', somethingNew: '1' });
});

test('a half-open socket says nothing more, not even to a ping', async () => {
  await using venue = await exchange({ clock: 'virtual' });
  using deaf = await privateSocket(venue.url, 'order');
  using heard = await connect(venue.url, '/v5/public/linear');
  await post(venue, { kind: 'half-open', endpoint: 'private' });
  const before = deaf.frames.length;
  deaf.send({ op: 'ping' });
  deaf.raw.ping();
  await venue.post('order/create', order({}));
  await venue.sim('POST', 'clock', { advanceMs: 3_600_000 });
  using fresh = await privateSocket(venue.url, 'order');
  await venue.post('order/create', order({}));
  expect(await settled(venue, fresh)).toHaveLength(1);
  expect(deaf.frames).toHaveLength(before);
  expect(deaf.raw.readyState).toBe(deaf.raw.OPEN);
  expect(await heard.closed).toBe(1006);
});

test('a cut ends the sockets of the account that is meant, and new ones may come', async () => {
  await using venue = await exchange();
  await venue.sim('POST', 'accounts', { accounts: [{ name: 'other', apiKey: 'o', secret: 's' }] });
  using mine = await privateSocket(venue.url, 'order');
  using other = await connect(venue.url, '/v5/private');
  await other.ask(authFrame({ key: 'o', secret: 's' }));
  await post(venue, { kind: 'socket-cut', account: 'main' });
  expect(await mine.closed).toBe(1006);
  expect(await other.ask({ op: 'ping' })).toMatchObject({ op: 'pong' });
});

test('a cut with a window also comes to those that authenticate in it, and so does a half-open socket', async () => {
  await using venue = await exchange();
  await post(venue, { kind: 'socket-cut', fromMs: 0, untilMs: 60_000, endpoint: 'private' });
  using cut = await connect(venue.url, '/v5/private');
  cut.send(authFrame());
  expect(await cut.closed).toBe(1006);
  await venue.sim('DELETE', 'faults');
  await post(venue, { kind: 'half-open', untilMs: 60_000, count: 2, endpoint: 'private' });
  using deaf = await connect(venue.url, '/v5/private');
  deaf.send(authFrame());
  await expect.poll(() => [...venue.simulator.streams.registry.connections].at(-1)?.isHalfOpen).toBe(true);
  expect([deaf.frames, deaf.raw.readyState]).toEqual([[], deaf.raw.OPEN]);
});

test('an authentication that gets no answer leaves the socket open and signed out', async () => {
  await using venue = await exchange();
  await post(venue, { kind: 'auth-silent', count: 1 });
  using socket = await connect(venue.url, '/v5/private');
  socket.send({ ...authFrame(), req_id: 'lost' });
  expect(await socket.ask({ op: 'subscribe', args: ['order'] })).toMatchObject({ success: false });
  expect(socket.frames).toHaveLength(1);
  expect(await socket.ask(authFrame())).toMatchObject({ success: true });
});
