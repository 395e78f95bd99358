import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { InputError, readAccounts, readAccountsFile } from '../src/index.ts';

let dir = '';

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'backstop-accounts-'));
});

afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

async function fileWith(content: unknown, mode = 0o600): Promise<string> {
  const file = path.join(dir, 'accounts.json');
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  await chmod(file, mode);
  return file;
}

const MAIN = { name: 'main', apiKey: 'main-key', secret: 'main-secret' };

test('keys come from the file, and what it does not hold from the environment', async () => {
  const file = await fileWith({ accounts: [MAIN, { name: 'copy-2', apiKey: 'copy-key' }] });
  const env = { BACKSTOP_COPY_2_API_SECRET: 'copy-secret' };
  expect(readAccounts({ file, env, names: ['main', 'copy-2'] })).toEqual({
    ok: true,
    accounts: [MAIN, { name: 'copy-2', apiKey: 'copy-key', secret: 'copy-secret' }],
    warnings: [],
  });
});

test('the environment alone will do', () => {
  const env = { BACKSTOP_MAIN_API_KEY: 'main-key', BACKSTOP_MAIN_API_SECRET: 'main-secret' };
  expect(readAccounts({ env, names: ['main'] })).toMatchObject({ ok: true, accounts: [MAIN] });
});

test('each missing key or secret is a fault that names the account and the variable', () => {
  expect(readAccounts({ env: { BACKSTOP_MIRROR_API_KEY: 'mirror-key' }, names: ['main', 'mirror'] })).toEqual({
    ok: false,
    faults: [
      { path: 'accounts.main.apiKey', message: expect.stringContaining('BACKSTOP_MAIN_API_KEY') },
      { path: 'accounts.main.secret', message: expect.stringContaining('BACKSTOP_MAIN_API_SECRET') },
      { path: 'accounts.mirror.secret', message: expect.stringContaining('BACKSTOP_MIRROR_API_SECRET') },
    ],
  });
});

test('a file that other users can read is a warning', async () => {
  const file = await fileWith({ accounts: [MAIN] }, 0o644);
  expect(readAccounts({ file, env: {} })).toMatchObject({ ok: true, warnings: [expect.stringContaining('chmod 600')] });
});

test.each<[unknown, string]>([
  ['{"accounts": [{"name": "main", "apiKey": "hunter2", "secret": "hunter2"', 'text that is cut off'],
  [{ accounts: [{ ...MAIN, secret: 'hunter2', apiSecret: 'hunter2' }] }, 'an unknown key'],
  [{ accounts: [{ ...MAIN, name: 'a|b', secret: 'hunter2' }] }, 'a name that is unsafe in keys'],
  [
    {
      accounts: [
        { ...MAIN, secret: 'hunter2' },
        { ...MAIN, secret: 'hunter2' },
      ],
    },
    'a name that is listed twice',
  ],
])('a faulty file is told of without repeating what it holds: %#', async (content: unknown) => {
  const file = await fileWith(content);
  const result = readAccounts({ file, env: {}, names: [] });
  expect(result.ok).toBe(false);
  expect(JSON.stringify(result)).not.toContain('hunter2');
});

test('a service that gets a faulty file ends with one message and exit code 2', async () => {
  const file = await fileWith({ accounts: [{ name: 'main', apiKey: 'main-key' }] });
  expect(() => readAccountsFile(file)).toThrow(InputError);
  expect(() => readAccountsFile(file)).toThrow(
    expect.objectContaining({ exitCode: 2, message: expect.stringContaining('accounts.main.secret: missing') }),
  );
  expect(() => readAccountsFile(path.join(dir, 'none.json'))).toThrow('cannot be read');
});
