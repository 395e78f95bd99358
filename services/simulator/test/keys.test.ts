import { createSign, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { exchange, KEY, order, SYMBOL } from './exchange-client.ts';
import type { Exchange } from './exchange-client.ts';

const OTHER = { key: 'other-key', secret: 'other-secret' };
const LINEAR = { category: 'linear', symbol: SYMBOL };

/** Another account, with terms of its own. */
async function account(venue: Exchange, terms: object): Promise<void> {
  const accounts = [{ name: 'other', apiKey: OTHER.key, secret: OTHER.secret, ...terms }];
  expect((await venue.sim('POST', 'accounts', { accounts })).status).toBe(200);
}

/** The HTTP status of a GET that has a body. */
function statusOfGet(url: string, body: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const outgoing = request(url, { method: 'GET', headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

describe('requests that the gateway turns away before anybody reads them', () => {
  test.each(['X-BAPI-API-KEY', 'X-BAPI-TIMESTAMP', 'X-BAPI-SIGN'])('without %s: 401', async (name) => {
    await using venue = await exchange();
    const headers = { [name]: '' };
    expect((await venue.get('account/info', {}, { headers })).status).toBe(401);
    expect((await venue.post('order/create', order({}), { headers })).status).toBe(401);
    expect((await venue.get('market/time', {}, { headers })).status).toBe(200);
  });

  test('a GET with an empty JSON body: 403', async () => {
    await using venue = await exchange();
    expect(await statusOfGet(`${venue.url}/v5/market/time`, '{}')).toBe(403);
    expect(await statusOfGet(`${venue.url}/v5/market/time`, '')).toBe(200);
  });

  test('a path or method that is unknown: 404', async () => {
    await using venue = await exchange();
    expect((await venue.post('order/realtime', LINEAR)).status).toBe(404);
    expect((await venue.get('order/create')).status).toBe(404);
    expect((await venue.get('market/nothing')).status).toBe(404);
  });

  test('a method in small letters: 400', async () => {
    await using venue = await exchange();
    const { hostname, port } = new URL(venue.url);
    const socket = connect({ host: hostname, port: Number(port) });
    socket.write('get /v5/market/time HTTP/1.1\r\nhost: x\r\n\r\n');
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 400 /);
    socket.destroy();
  });
});

describe('what a key may do', () => {
  test('a read-only key reads everything and writes nothing', async () => {
    await using venue = await exchange();
    await account(venue, { readOnly: true });
    expect((await venue.get('position/list', LINEAR, OTHER)).body.retCode).toBe(0);
    expect((await venue.get('order/realtime', LINEAR, OTHER)).body.retCode).toBe(0);
    for (const endpoint of ['order/create', 'order/cancel-all', 'position/trading-stop', 'position/set-leverage'])
      expect((await venue.post(endpoint, LINEAR, OTHER)).body.retCode).toBe(10005);
    expect((await venue.get('user/query-api', {}, OTHER)).body.result).toMatchObject({ readOnly: 1 });
  });

  test('a key without one half of contract trading may not use it, and says so', async () => {
    await using venue = await exchange();
    await account(venue, { permissions: ['Position'] });
    expect((await venue.get('position/list', LINEAR, OTHER)).body.retCode).toBe(0);
    expect((await venue.get('order/realtime', LINEAR, OTHER)).body.retCode).toBe(10005);
    expect((await venue.get('account/info', {}, OTHER)).body.retCode).toBe(0);
    expect((await venue.get('user/query-api', {}, OTHER)).body.result).toMatchObject({
      permissions: { ContractTrade: ['Position'] },
    });
  });

  test('a key that is bound to addresses is good from these', async () => {
    await using venue = await exchange();
    await account(venue, { ips: ['192.0.2.1', '127.0.0.1'] });
    expect((await venue.get('account/info', {}, OTHER)).body.retCode).toBe(0);
    await account(venue, { ips: ['192.0.2.1'] });
    expect((await venue.get('account/info', {}, OTHER)).body.retCode).toBe(10010);
    expect((await venue.get('account/info', {}, { ...OTHER, secret: 'x' })).body.retCode).toBe(10004);
  });

  test('a key is good until the moment it expires', async () => {
    await using venue = await exchange({ clock: 'virtual' });
    const { time } = (await venue.get('market/time')).body;
    await account(venue, { expiresAt: time + 1_000 });
    await venue.sim('POST', 'clock', { advanceMs: 999 });
    expect((await venue.get('account/info', {}, OTHER)).body.retCode).toBe(0);
    await venue.sim('POST', 'clock', { advanceMs: 1 });
    expect((await venue.get('account/info', {}, OTHER)).body.retCode).toBe(33004);
  });

  test('a key for some symbols may not trade others, nor all at once in a batch', async () => {
    await using venue = await exchange();
    await account(venue, { symbols: ['OTHERUSDT'] });
    expect((await venue.post('order/create', order({}), OTHER)).body.retCode).toBe(10029);
    const batch = { category: 'linear', request: [{ ...order({}), symbol: 'OTHERUSDT' }, order({})] };
    expect((await venue.post('order/create-batch', batch, OTHER)).body.retCode).toBe(10029);
    expect((await venue.get('position/list', LINEAR, OTHER)).body.retCode).toBe(0);
  });

  test('a key with a public half signs with RSA', async () => {
    await using venue = await exchange();
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const rsaPublicKey = publicKey.export({ type: 'spki', format: 'pem' });
    await account(venue, { secret: undefined, rsaPublicKey });
    const timestamp = String(Date.now());
    const sign = createSign('RSA-SHA256').update(`${timestamp}${OTHER.key}5000category=linear&settleCoin=USDT`);
    const headers = { 'X-BAPI-TIMESTAMP': timestamp, 'X-BAPI-SIGN': sign.sign(privateKey, 'base64') };
    const twist = { key: OTHER.key, headers };
    const query = { category: 'linear', settleCoin: 'USDT' };
    expect((await venue.get('position/list', query, twist)).body.retCode).toBe(0);
    expect((await venue.get('position/list', { ...query, limit: '1' }, twist)).body.retCode).toBe(10004);
    expect((await venue.get('position/list', query, OTHER)).body.retCode).toBe(10004);
    expect((await venue.get('user/query-api', {}, OTHER)).body.retCode).toBe(10004);
  });

  test('a key that another account has is a fault of its body, and nothing is applied', async () => {
    await using venue = await exchange();
    const accounts = [
      { name: 'new', apiKey: 'new', secret: 's' },
      { name: 'thief', apiKey: KEY, secret: 's' },
    ];
    const { status, body } = await venue.sim('POST', 'accounts', { accounts });
    expect([status, body['faults']]).toEqual([400, [{ path: 'accounts.1.apiKey', message: 'is the key of main' }]]);
    expect([...venue.simulator.engine.venue.accounts.keys()]).toEqual(['main']);
    expect((await venue.get('user/query-api')).body.retCode).toBe(0);
  });

  test('an account without any means to sign is a fault of its body', async () => {
    await using venue = await exchange();
    const { status, body } = await venue.sim('POST', 'accounts', {
      accounts: [{ name: 'n', apiKey: 'k', ips: ['x'] }],
    });
    expect([status, body['faults']]).toMatchObject([
      400,
      [{ path: 'accounts.0.ips.0' }, { path: 'accounts.0.secret' }],
    ]);
  });
});
