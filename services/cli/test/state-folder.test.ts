import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStateFolder } from '../src/up/state-folder.ts';

let dir = '';

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'state-'));
});

afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

const KEYS = [{ name: 'main', apiKey: 'key', secret: 'secret' }];

test('a folder of its own is deleted with the run', async () => {
  const folder = await openStateFolder(undefined, 'simulator', KEYS);
  expect((await stat(folder.accountsFile)).mode & 0o777).toBe(0o600);
  await folder[Symbol.asyncDispose]();
  await expect(stat(folder.dir)).rejects.toThrow('ENOENT');
});

test('a given folder stays, without the keys', async () => {
  const folder = await openStateFolder(dir, 'demo', KEYS);
  await folder[Symbol.asyncDispose]();
  await expect(stat(folder.accountsFile)).rejects.toThrow('ENOENT');
  expect(await readdir(dir)).toContain('logs');
});

test('the state of a live venue goes on, that of a simulated exchange is set aside', async () => {
  await mkdir(path.join(dir, 'redis'));
  await writeFile(path.join(dir, 'redis', 'data'), 'kept');
  const live = await openStateFolder(path.join(dir), 'demo', KEYS);
  expect(await readFile(path.join(live.redisDir, 'data'), 'utf8')).toBe('kept');

  await rm(path.join(dir, 'venue'));
  const simulated = await openStateFolder(dir, 'simulator', KEYS);
  await expect(stat(simulated.redisDir)).rejects.toThrow('ENOENT');
  expect(await readFile(path.join(dir, 'before', 'redis', 'data'), 'utf8')).toBe('kept');
});

test('the state of another venue is refused', async () => {
  await openStateFolder(dir, 'demo', KEYS);
  await expect(openStateFolder(dir, 'mainnet', KEYS)).rejects.toThrow('holds the state of demo, not of mainnet');
});
