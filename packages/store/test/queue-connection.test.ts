import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { connectReader } from '../src/queue-connection.ts';
import { startRedis, type TestRedis } from '../testing/redis-server.ts';

let server: TestRedis;

beforeAll(async () => {
  server = await startRedis();
});
afterAll(async () => {
  await server.stop();
});

test('what is asked for in one turn of the event loop is written in one piece, and in order', async () => {
  const reader = connectReader(server.url, 'test');
  await reader.connect();
  const one = vi.spyOn(reader.stream, '_write');
  const many = vi.spyOn(reader.stream, '_writev');
  expect(await Promise.all(Array.from({ length: 50 }, () => reader.incr('asked')))).toEqual(
    Array.from({ length: 50 }, (_, at) => at + 1),
  );
  expect([one.mock.calls.length, many.mock.calls.length]).toEqual([0, 1]);

  await reader.incr('asked');
  expect([one.mock.calls.length, many.mock.calls.length]).toEqual([1, 1]);
  reader.disconnect();
});

test('it works on after its connection was lost', async () => {
  const reader = connectReader(server.url, 'test');
  await reader.connect();
  const lost = new Promise((resolve) => reader.once('close', resolve));
  await server.redis.client('KILL', 'ID', await reader.client('ID'));
  await lost;
  await expect(reader.incr('lost')).rejects.toThrow(Error);

  await new Promise((resolve) => reader.once('ready', resolve));
  expect(await Promise.all([reader.incr('kept'), reader.incr('kept')])).toEqual([1, 2]);
  reader.disconnect();
});
