import { expect, test } from 'vitest';
import {
  bucketKeys,
  connectRedis,
  dropDecisions,
  fromMember,
  fromSlot,
  getInstruments,
  getPrices,
  outboxNonce,
  outboxSize,
  putInstruments,
  putPrices,
  readOutbox,
  redisTimeMs,
  runScript,
  slotOf,
  toMember,
  trimOutbox,
} from '../src/index.ts';
import { REF, useRedis } from './account.ts';

const redis = useRedis();
const { outbox } = bucketKeys(3);

async function add(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await redis().xadd(outbox, '*', 'type', 'event', 'json', `{"n":${index}}`);
  }
}

test('the outbox is read in order, from after an entry on', async () => {
  await add(5);
  const [first, second] = await readOutbox(redis(), 3, '0', 2);
  expect([first, second]).toMatchObject([{ type: 'event', json: '{"n":0}' }, { json: '{"n":1}' }]);
  const rest = await readOutbox(redis(), 3, second?.id ?? '', 10);
  expect(rest.map(({ json }) => json)).toEqual(['{"n":2}', '{"n":3}', '{"n":4}']);
});

test('trimming drops up to and including an entry, and no more', async () => {
  await add(5);
  const entries = await readOutbox(redis(), 3, '0', 3);
  expect(await trimOutbox(redis(), 3, entries.at(-1)?.id ?? '')).toBe(3);
  expect((await readOutbox(redis(), 3, '0', 10)).map(({ json }) => json)).toEqual(['{"n":3}', '{"n":4}']);
  expect(await trimOutbox(redis(), 3, '0')).toBe(0);
});

test('dropping decisions leaves all that cannot be rebuilt', async () => {
  await add(2);
  await redis().xadd(outbox, '*', 'type', 'decision', 'json', '{}');
  await add(1);
  expect(await dropDecisions(redis(), 3, 100)).toBe(1);
  expect((await readOutbox(redis(), 3, '0', 10)).map(({ type }) => type)).toEqual(['event', 'event', 'event']);
  expect(await dropDecisions(redis(), 3, 100)).toBe(0);
});

test.each([0, -1])('asked for %d entries, reading finds none and dropping drops none', async (count) => {
  await redis().xadd(outbox, '*', 'type', 'decision', 'json', '{}');
  expect(await readOutbox(redis(), 3, '0', count)).toEqual([]);
  expect(await dropDecisions(redis(), 3, count)).toBe(0);
  expect((await outboxSize(redis(), 3)).count).toBe(1);
});

test('the nonce is made once, whoever asks, and another one after Redis was emptied', async () => {
  const nonces = await Promise.all(Array.from({ length: 10 }, () => outboxNonce(redis(), 3)));
  expect(new Set(nonces).size).toBe(1);
  await redis().flushdb();
  expect(await outboxNonce(redis(), 3)).not.toBe(nonces[0]);
});

test('the size counts entries and bytes, and an empty outbox is nothing', async () => {
  expect(await outboxSize(redis(), 3)).toEqual({ count: 0, bytes: 0 });
  await add(5);
  const { count, bytes } = await outboxSize(redis(), 3);
  expect(count).toBe(5);
  expect(bytes).toBeGreaterThan(50);
});

test('prices and instruments come back by symbol, and a new copy leaves the other symbols', async () => {
  const price = { last: 123n, mark: 2n, index: 3n, atMs: 4 };
  await putPrices(redis(), 3, new Map([['BTCUSDT', price]]));
  await putPrices(redis(), 3, new Map([['ETHUSDT', { ...price, last: 5n }]]));
  await putPrices(redis(), 3, new Map());
  expect(await getPrices(redis(), 3)).toEqual(
    new Map(Object.entries({ BTCUSDT: price, ETHUSDT: { ...price, last: 5n } })),
  );

  const sizes = { qtyStep: 1n, minOrderQty: 1n, maxOrderQty: 1n, maxMktOrderQty: 1n, minNotionalValue: 1n };
  const instrument = { symbol: 'BTCUSDT', status: 'Trading', tickSize: 1n, deliveryTimeMs: 0, ...sizes };
  expect(await getInstruments(redis(), 3)).toEqual(new Map());
  await putInstruments(redis(), 3, new Map([['BTCUSDT', instrument]]));
  expect(await getInstruments(redis(), 3)).toEqual(new Map([['BTCUSDT', instrument]]));
});

test('a monitor as a set member and a slot read back as they were', () => {
  expect(fromMember(toMember(REF))).toEqual(REF);
  expect(fromSlot(slotOf(REF))).toEqual({ symbol: REF.symbol, positionIdx: REF.positionIdx });
});

test.each(['', 'main|BTCUSDT|0', 'main|BTCUSDT|3|id', 'main|BTCUSDT|0|id|more', '|BTCUSDT|0|id'])(
  'text that is no monitor is refused: %j',
  (text) => {
    expect(() => fromMember(text)).toThrow(RangeError);
  },
);

test.each(['', 'BTCUSDT', ':0', 'BTCUSDT:3'])('text that is no slot is refused: %j', (text) => {
  expect(() => fromSlot(text)).toThrow(RangeError);
});

test('a script that Redis has forgotten is sent again', async () => {
  await runScript(redis(), 'count-due', [bucketKeys(3).due('tp-sl')], []);
  await redis().script('FLUSH');
  expect(await runScript(redis(), 'count-due', [bucketKeys(3).due('tp-sl')], [])).toBe(0);
  await expect(runScript(redis(), 'no-such', [], [])).rejects.toThrow('no such script: no-such');
});

test('Redis time is read in ms', async () => {
  expect(Math.abs((await redisTimeMs(redis())) - Date.now())).toBeLessThan(5_000);
});

test('a connection names its url part by part', async () => {
  const client = connectRedis('redis://user:p%40ss@127.0.0.1:7777/5', 'test');
  const { host, port, db, username, password } = client.options;
  expect({ host, port, db, username, password }).toEqual({
    host: '127.0.0.1',
    port: 7777,
    db: 5,
    username: 'user',
    password: 'p@ss',
  });
  client.disconnect();
});
