import { once } from 'node:events';
import { readFile, mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { gatewayPlace } from '../src/up/gateway-place.ts';
import { operatorToken } from '../src/up/operator-token.ts';
import { runCli } from './run-cli.ts';

async function takenPort(port = 0): Promise<{ port: number } & Disposable> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening').catch(() => undefined); // somebody else has it: that will do
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  const address = server.address() as AddressInfo | null;
  return { port: address?.port ?? port, [Symbol.dispose]: () => void server.close() };
}

test('a port that is asked for has to be free', async () => {
  using taken = await takenPort();
  expect(await gatewayPlace(taken.port, {})).toEqual({
    place: undefined,
    faults: [`--port: ${taken.port} is taken on 127.0.0.1, or not allowed`],
  });
});

test('without one a free port is taken where somebody has the usual one, and it says so', async () => {
  using taken = await takenPort(3_000);
  expect(taken.port).toBe(3_000);
  const { place } = await gatewayPlace(undefined, {});
  expect(place).toMatchObject({ host: '127.0.0.1', note: '3000 is taken', url: `http://127.0.0.1:${place?.port}` });
  expect(place?.port).not.toBe(3_000);
});

test('any free port can be asked for', async () => {
  const { place } = await gatewayPlace(0, {});
  expect(place).toMatchObject({ note: '' });
  expect(place?.port).toBeGreaterThan(0);
});

test('an address of another machine is a fault', async () => {
  const { faults } = await gatewayPlace(undefined, { BACKSTOP_GATEWAY_HOST: '192.0.2.1' });
  expect(faults).toEqual(['BACKSTOP_GATEWAY_HOST: the gateway cannot listen on 192.0.2.1']);
});

test('with a port that is taken nothing starts, and the exit code is 2', async () => {
  using taken = await takenPort();
  const { code, stderr, stdout, left } = await runCli(['up', '--port', String(taken.port)]);
  expect({ code, stdout, left }).toEqual({ code: 2, stdout: '', left: [] });
  expect(stderr).toBe(
    `nothing was started, since this has to be put right first:\n  --port: ${taken.port} is taken on 127.0.0.1, or not allowed\n`,
  );
});

test('the operator token is a new one for each run, for its owner only, and gone with the run', async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'token-'));
  const [first, second] = [await operatorToken(dir, {}), await operatorToken(dir, {})];
  expect(first.token).toMatch(/^[\w-]{32}$/);
  expect(second.token).not.toBe(first.token);
  const file = second.file ?? '';
  expect(await readFile(file, 'utf8')).toBe(second.token);
  expect((await stat(file)).mode & 0o777).toBe(0o600);

  await second[Symbol.asyncDispose]();
  await expect(stat(file)).rejects.toThrow('ENOENT');
  await rm(dir, { recursive: true });
});

test('a token that is given and cannot be used is a fault before anything starts', async () => {
  const { code, stderr, left } = await runCli(['up'], { BACKSTOP_OPERATOR_TOKEN: 'short' });
  expect({ code, left }).toEqual({ code: 2, left: [] });
  expect(stderr).toContain('BACKSTOP_OPERATOR_TOKEN: expected 16 to 256 visible ASCII characters without spaces');
});

test('a token that is given is used, and written nowhere', async () => {
  const { token, file } = await operatorToken('/nowhere', { BACKSTOP_OPERATOR_TOKEN: 'given-by-the-operator' });
  expect({ token, file }).toEqual({ token: 'given-by-the-operator', file: undefined });
});
