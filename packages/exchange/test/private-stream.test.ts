import { createHmac } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import {
  AUTHENTICATED,
  failures,
  inPlayedTime,
  later,
  NOW_MS,
  type PlayedStream,
  PONG,
  SUBSCRIBED,
} from './played-stream.ts';
import { wireFrame } from './wire-frames.ts';
import { CREDENTIALS } from './wire-server.ts';

const open = inPlayedTime();

test('a connection signs in, subscribes to the three topics in one request, and is ready', async () => {
  const { socket, told } = await open();
  expect(socket().url).toBe('ws://exchange/v5/private');
  expect(socket().sent).toEqual([]);

  socket().opened();
  const expiresMs = NOW_MS + 10_000;
  const signature = createHmac('sha256', CREDENTIALS.secret).update(`GET/realtime${expiresMs}`).digest('hex');
  const auth = { op: 'auth', args: [CREDENTIALS.apiKey, expiresMs, signature] };
  expect(socket().sent.map((text): unknown => JSON.parse(text))).toEqual([auth]);

  socket().received(AUTHENTICATED);
  const subscribe = { op: 'subscribe', args: ['order', 'position', 'execution'] };
  expect(socket().sent.map((text): unknown => JSON.parse(text))).toEqual([auth, subscribe]);
  expect(told).toEqual([]);

  socket().received(SUBSCRIBED);
  expect(told).toEqual(['ready']);
});

test('frames of one turn are told together and in their order', async () => {
  const { socket, told, becomeReady } = await open();
  becomeReady();
  for (const topic of ['execution', 'order', 'wallet', 'position']) socket().received(wireFrame(topic, []));
  await later(0);
  socket().received(wireFrame('order', []));
  await later(0);
  expect(told).toEqual(['ready', [frame('execution'), frame('order'), frame('position')], [frame('order')]]);
});

test('a frame that overtakes the acknowledgement of the subscription is told after ready', async () => {
  const { socket, told } = await open();
  socket().opened();
  socket().received(AUTHENTICATED);
  socket().received(wireFrame('order', []));
  await later(0);
  expect(told).toEqual([]);
  socket().received(SUBSCRIBED);
  expect(told).toEqual(['ready', [expect.objectContaining({ topic: 'order' })]]);
});

test('what was received before the connection ended is told before its end', async () => {
  const { socket, told, becomeReady } = await open();
  becomeReady();
  socket().received(wireFrame('order', []));
  socket().ended({ why: 'closed with 1006' });
  await later(0);
  expect(told).toEqual([
    'ready',
    [expect.objectContaining({ topic: 'order' })],
    { reason: 'closed', why: 'closed with 1006' },
  ]);
});

test('rubbish, pongs and late acknowledgements change nothing', async () => {
  const { socket, told, becomeReady } = await open();
  becomeReady();
  const texts = ['', '{', 'null', '[]', '7', '{"op":7}', PONG, AUTHENTICATED, SUBSCRIBED, '{"success":false,"op":"x"}'];
  for (const text of texts) socket().received(text);
  await later(0);
  expect(told).toEqual(['ready']);
  expect(socket().sent).toHaveLength(2);
  expect(socket().isTerminated()).toBe(false);
});

test.each([
  ['a connection that does not open', () => undefined, 'not open within 5000 ms'],
  ['an auth that is not answered', (stream: PlayedStream) => stream.socket().opened(), 'not subscribed within 5000 ms'],
  [
    'a subscription that is not answered',
    (stream: PlayedStream) => {
      stream.socket().opened();
      stream.socket().received(AUTHENTICATED);
    },
    'not subscribed within 5000 ms',
  ],
])('%s is given up after 5 s', async (_name, play, why) => {
  const stream = await open();
  play(stream);
  await later(4_999);
  expect(stream.told).toEqual([]);
  await later(1);
  expect(stream.told).toEqual([{ reason: 'silent', why }]);
  expect(stream.socket().isTerminated()).toBe(true);
});

test('a ready connection is pinged each 3 s, and any sign of life keeps it', async () => {
  const { socket, told, becomeReady } = await open();
  becomeReady();
  await later(5_900);
  socket().alive();
  await later(5_000);
  socket().received('rubbish');
  await later(5_000);
  expect(told).toEqual(['ready']);
  expect(socket().sent.slice(2)).toEqual(Array.from({ length: 5 }, () => '{"op":"ping"}'));
});

test('a half-open connection is noticed within 6 s of the last sign of life (reference D.6)', async () => {
  const { sockets, socket, told, becomeReady } = await open();
  becomeReady();
  await later(2_500);
  socket().received(PONG);
  await later(4_900);
  expect(told).toEqual(['ready']);
  await later(1_100);
  expect(told).toEqual(['ready', { reason: 'silent', why: 'nothing received for 6000 ms' }]);
  expect(sockets[0]?.isTerminated()).toBe(true);
});

test('a step of our clock takes nobody for dead', async () => {
  const { socket, told, becomeReady } = await open();
  becomeReady();
  await later(500);
  vi.setSystemTime(NOW_MS + 60_000);
  await later(500);
  socket().received(PONG);
  expect(told).toEqual(['ready']);
});

test('a refused subscription is not ready', async () => {
  const { socket, told } = await open();
  socket().opened();
  socket().received(AUTHENTICATED);
  socket().received('{"success":false,"ret_msg":"error:handler not found,topic:order","op":"subscribe"}');
  await later(0);
  expect(told).toEqual([{ reason: 'refused', why: 'subscription refused: error:handler not found,topic:order' }]);
});

test('neither key nor secret nor signature is ever told, also where the exchange repeats them', async () => {
  const stream = await open({ admit: async () => Promise.reject(new Error(`budget of ${CREDENTIALS.apiKey}`)) });
  await later(500);
  const other = await open();
  other.socket().opened();
  const [auth = ''] = other.socket().sent;
  const text = JSON.stringify(`${auth} ${CREDENTIALS.secret}`);
  other.socket().received(`{"success":false,"ret_msg":${text},"op":"auth"}`);
  await later(0);
  const told = [...failures(stream.told), ...failures(other.told)].map(({ why }) => why);
  expect(told.length).toBeGreaterThan(1);
  for (const why of told) {
    expect(why).not.toContain(CREDENTIALS.apiKey);
    expect(why).not.toContain(CREDENTIALS.secret);
    expect(why).not.toMatch(/[0-9a-f]{64}/);
  }
});

function frame(topic: string): object {
  return expect.objectContaining({ topic, rows: [], unreadable: [] });
}
