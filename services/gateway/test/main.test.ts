import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { startRedis, type TestRedis } from '@backstop/store/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, TOKEN } from './gateway.ts';

const MAIN = new URL('../src/main.ts', import.meta.url).pathname;

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

function start(env: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env['PATH'], REDIS_URL: server.url, BACKSTOP_GATEWAY_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { child, exited: once(child, 'exit').then(([code]: unknown[]) => code), errors: text(child.stderr) };
}

/** Where it listens, as its log says. */
async function url({ child }: ReturnType<typeof start>): Promise<string> {
  for await (const line of createInterface({ input: child.stdout })) {
    const found = /"url":"([^"]+)"/.exec(line)?.[1];
    if (found !== undefined) return found;
  }
  throw new Error('it ended before it listened');
}

test('listens on this machine alone, serves, and ends with 0 on SIGTERM although a browser holds on to its connection', async () => {
  const gateway = start({ BACKSTOP_OPERATOR_TOKEN: TOKEN });
  const at = await url(gateway);
  expect(at).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect((await call(`${at}/readyz`)).status).toBe(200);

  gateway.child.kill('SIGTERM');
  expect(await gateway.exited).toBe(0);
});

test.each([
  ['a short token', { BACKSTOP_OPERATOR_TOKEN: 'short' }, /BACKSTOP_OPERATOR_TOKEN: expected 16 to 256/],
  ['a port that is none', { BACKSTOP_GATEWAY_PORT: '70000' }, /BACKSTOP_GATEWAY_PORT: /],
  ['no Redis named', { REDIS_URL: '' }, /REDIS_URL: not set/],
  [
    'an address of another machine',
    { BACKSTOP_GATEWAY_HOST: '192.0.2.1' },
    /192\.0\.2\.1:0 is no address of this machine/,
  ],
])('%s is one clear message and exit code 2', async (_name, env, message) => {
  const { exited, errors } = start(env);
  expect(await exited).toBe(2);
  expect(await errors).toMatch(message);
  expect(await errors).not.toContain('    at ');
});

test('a port that is taken is one clear message and exit code 2', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' ? String(address?.port) : '';
  const { exited, errors } = start({ BACKSTOP_GATEWAY_PORT: port });
  expect(await exited).toBe(2);
  expect(await errors).toBe(`the gateway cannot listen:\n  BACKSTOP_GATEWAY_PORT: 127.0.0.1:${port} is taken\n`);
  other.close();
});

test('while Redis is away every read is 503 within its time, and not ready', async () => {
  const lost = await startRedis();
  const gateway = start({ REDIS_URL: lost.url, BACKSTOP_OPERATOR_TOKEN: TOKEN });
  const at = await url(gateway);
  await lost.stop();

  for (const path of ['/v1/monitors', '/v1/accounts', '/v1/cache', '/v1/queues', '/queues/api/queues', '/readyz']) {
    expect({ path, status: (await call(`${at}${path}`)).status }).toEqual({ path, status: 503 });
  }
  const page = await call(at);
  expect(page.status).toBe(200);
  expect(page.text).toContain('Redis does not answer');
  gateway.child.kill('SIGTERM');
  expect(await gateway.exited).toBe(0);
});
