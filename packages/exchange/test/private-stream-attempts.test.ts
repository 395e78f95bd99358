import { expect, test } from 'vitest';
import { inPlayedTime, later, type PlayedStream, PONG } from './played-stream.ts';

const open = inPlayedTime();

/** Answers pings, as the exchange does, while time goes on. */
async function liveFor(stream: PlayedStream, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 1_000) {
    await later(1_000);
    stream.socket().received(PONG);
  }
}

test('a refused key is down for credentials and is not tried again for 60 s', async () => {
  const stream = await open();
  stream.socket().opened();
  stream.socket().received('{"success":false,"ret_msg":"API key is invalid.","op":"auth","conn_id":"c"}');
  await later(59_999);
  expect(stream.told).toEqual([{ reason: 'credentials', why: 'auth refused: API key is invalid.' }]);
  expect(stream.admissions()).toBe(1);
  await later(1);
  expect(stream.sockets).toHaveLength(2);
});

test('a lost connection is followed by a new one, which asks for admission first', async () => {
  const turns: PromiseWithResolvers<void>[] = [];
  const stream = await open({
    admit: () => {
      turns.push(Promise.withResolvers<void>());
      return turns.at(-1)?.promise ?? Promise.resolve();
    },
  });
  await later(60_000);
  expect(stream.sockets).toHaveLength(0);
  turns[0]?.resolve();
  await later(0);
  stream.becomeReady();
  stream.socket().ended({ why: 'closed with 1006' });
  await later(60_000);
  expect(stream.admissions()).toBe(2);
  expect(stream.sockets).toHaveLength(1);
  turns[1]?.resolve();
  await later(0);
  stream.becomeReady();
  expect(stream.told).toEqual(['ready', { reason: 'closed', why: 'closed with 1006' }, 'ready']);
});

test('the back-off doubles from 0.5 s to 30 s while connections fail, whether or not they had been ready', async () => {
  const stream = await open();
  const delays: number[] = [];
  for (let attempt = 0; attempt < 9; attempt += 1) {
    if (attempt % 2 === 0) stream.becomeReady();
    stream.socket().ended({ why: 'gone' });
    const before = stream.sockets.length;
    let waitedMs = 0;
    while (stream.sockets.length === before) {
      await later(250);
      waitedMs += 250;
    }
    delays.push(waitedMs);
  }
  expect(delays).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
});

test('the back-off is spread over its upper half', async () => {
  const stream = await open({ random: () => 0 });
  stream.socket().ended({ why: 'gone' });
  await later(249);
  expect(stream.sockets).toHaveLength(1);
  await later(1);
  expect(stream.sockets).toHaveLength(2);
});

test.each([
  ['9 s', 9_000, 2_000],
  ['10 s', 10_000, 500],
])('after a connection that was ready for %s the back-off goes on from where it has to', async (_name, readyMs, ms) => {
  const stream = await open();
  for (const waitMs of [500, 1_000]) {
    stream.socket().ended({ why: 'gone' });
    await later(waitMs);
  }
  stream.becomeReady();
  await liveFor(stream, readyMs);
  stream.socket().ended({ why: 'gone' });
  await later(ms - 5);
  expect(stream.sockets).toHaveLength(3);
  await later(5);
  expect(stream.sockets).toHaveLength(4);
});

test.each([403, 429])('an exchange that answers %d is left alone for the longest back-off', async (httpStatus) => {
  const stream = await open();
  stream.socket().ended({ why: `the exchange answered ${httpStatus}`, httpStatus });
  await later(29_900);
  expect(stream.told).toEqual([{ reason: 'refused', why: `the exchange answered ${httpStatus}` }]);
  expect(stream.admissions()).toBe(1);
  await later(100);
  expect(stream.admissions()).toBe(2);
});

test.each([
  ['an admission that fails', { admit: () => Promise.reject(new Error('no Redis')) }, 'not admitted: no Redis'],
  [
    'an address that is none',
    {
      connect: () => {
        throw new SyntaxError('Invalid URL');
      },
    },
    'Invalid URL',
  ],
])('%s is a failed attempt like any other', async (_name, options, why) => {
  const stream = await open(options);
  expect(stream.told).toEqual([{ reason: 'refused', why }]);
  await later(500);
  expect(stream.told).toEqual([
    { reason: 'refused', why },
    { reason: 'refused', why },
  ]);
});
