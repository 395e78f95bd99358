import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { call, OPERATOR, TOKEN, useGateway, type TestGateway } from './gateway.ts';

const basic = (password: string) => `Basic ${Buffer.from(`anybody:${password}`).toString('base64')}`;
const pause = (gateway: TestGateway, headers: Record<string, string> = {}) =>
  call(`${gateway.url}/queues/api/queues/tp-sl/pause`, { method: 'PUT', headers });

const signIn = ({ url }: TestGateway, headers: Record<string, string> = {}) =>
  call(`${url}/queues/sign-in`, { headers });

describe('a gateway with a token', () => {
  const gateway = useGateway();

  test.each([
    ['no token', {}],
    ['a wrong one', { authorization: 'Bearer another-token-altogether' }],
    ['the beginning of it', { authorization: `Bearer ${TOKEN.slice(0, -1)}` }],
    ['it without a scheme', { authorization: TOKEN }],
    ['an empty one', { authorization: 'Bearer ' }],
    ['a wrong password', { authorization: basic('guess') }],
    ['it as the name', { authorization: `Basic ${Buffer.from(`${TOKEN}:`).toString('base64')}` }],
  ])('refuses every change with %s: 401', async (_name, headers) => {
    for (const [method, path] of WRITES) {
      const { status, headers: said, json } = await call(`${gateway().url}${path}`, { method, headers });
      expect({ path, status, json }).toEqual({ path, status: 401, json: { error: expect.stringContaining('token') } });
      expect(said.get('www-authenticate')).toMatch(/^Bearer/);
    }
  });

  test('takes it as a bearer token, and as the password of a browser', async () => {
    expect((await pause(gateway(), OPERATOR)).status).toBe(200);
    expect((await pause(gateway(), { authorization: `bearer ${TOKEN}` })).status).toBe(200);
    expect((await pause(gateway(), { authorization: basic(TOKEN) })).status).toBe(200);
  });

  test('does not let a page of another site act with the browser of an operator', async () => {
    const { url } = gateway();
    const headers = { authorization: basic(TOKEN) };
    expect((await pause(gateway(), { ...headers, origin: 'https://elsewhere.example' })).status).toBe(403);
    expect((await pause(gateway(), { ...headers, origin: 'null' })).status).toBe(403);
    expect((await pause(gateway(), { ...headers, origin: url })).status).toBe(200);
  });

  test('asks a browser for it, and goes on to the board', async () => {
    const asked = await signIn(gateway());
    expect({ status: asked.status, ask: asked.headers.get('www-authenticate') }).toEqual({
      status: 401,
      ask: expect.stringMatching(/^Basic realm=/),
    });
    const known = await signIn(gateway(), { authorization: basic(TOKEN) });
    expect({ status: known.status, to: known.headers.get('location') }).toEqual({ status: 303, to: '/queues' });
  });

  test('what is no HTTP gets 400 and a closed connection', async () => {
    const socket = connect(Number(new URL(gateway().url).port), '127.0.0.1');
    socket.end('HELLO\r\n\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1.1 400 [^]*\{"error":"not an HTTP request"\}$/);
  });
});

describe('a gateway without a token', () => {
  const gateway = useGateway(null);

  test.each([{}, OPERATOR, { authorization: 'Bearer undefined' }])(
    'refuses every change with 403 (%j)',
    async (headers) => {
      for (const [method, path] of WRITES) {
        const { status, json } = await call(`${gateway().url}${path}`, { method, headers: { ...headers } });
        expect({ path, status, json }).toEqual({
          path,
          status: 403,
          json: { error: 'this gateway was started without BACKSTOP_OPERATOR_TOKEN: it changes nothing' },
        });
      }
    },
  );

  test('serves every read', async () => {
    for (const path of ['/v1/monitors', '/v1/accounts', '/queues', '/docs', '/']) {
      expect((await call(`${gateway().url}${path}`)).status).toBe(200);
    }
  });
});

const WRITES = [
  ['POST', '/v1/monitors'],
  ['POST', '/v1/persist'],
  ['PUT', '/queues/api/queues/tp-sl/pause'],
  ['PUT', '/queues/api/queues/pause'],
  ['POST', '/queues/api/queues/tp-sl/add'],
  ['PATCH', '/queues/api/queues/tp-sl/1/priority'],
  ['DELETE', '/v1/monitors/aaaaaaaaaaaa'],
] as const;
