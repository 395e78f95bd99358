import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { lockFolder } from '../src/archive/folder-lock.ts';
import { openArchive } from '../src/index.ts';

const root = await mkdtemp(join(tmpdir(), 'backstop-lock-'));
afterAll(() => rm(root, { recursive: true, force: true }));

const HOLDER = fileURLToPath(new URL('fixtures/lock-holder.ts', import.meta.url));

test('a second opener of an archive folder gets a clear error, and the next one after closing gets the folder', async () => {
  const dataDir = join(root, 'archive');
  const first = await openArchive({ dataDir });
  await expect(openArchive({ dataDir })).rejects.toThrow(`the folder is in use by process ${process.pid}`);
  await first.close();

  const second = await openArchive({ dataDir });
  await expect(second.counts()).resolves.toMatchObject({ plans: 0 });
  await second.close();
}, 30_000);

test('a folder that a living process holds is refused, and taken over once that process was killed', async () => {
  const folder = join(root, 'killed');
  const holder = spawn(process.execPath, [HOLDER, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(holder.stdout, 'data');
  await expect(lockFolder(folder)).rejects.toThrow(`in use by process ${holder.pid}`);

  const ended = once(holder, 'exit');
  holder.kill('SIGKILL');
  await ended;
  const lock = await lockFolder(folder);
  await lock.release();
  await expect(readdir(folder)).resolves.toEqual([]);
});

test('of many that take over the lock of a dead process, exactly one gets it', async () => {
  const folder = join(root, 'many');
  for (let round = 0; round < 40; round += 1) {
    const lock = await lockFolder(folder);
    const file = join(folder, 'lock');
    const dead = (await readFile(file, 'utf8')).replace(/\n\d+\n.*\n$/, `\n${2 ** 22 + 1}\n\n`);
    await lock.release();
    await writeFile(file, dead);

    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder)));
    const taken = tries.filter((result) => result.status === 'fulfilled');
    expect(taken).toHaveLength(1);
    for (const { value } of taken) await value.release();
  }
});

test('a lock of an earlier life under the same process id, as in a container, is taken over', async () => {
  const folder = join(root, 'container');
  const lock = await lockFolder(folder);
  const file = join(folder, 'lock');
  const other = (await readFile(file, 'utf8')).replace(/^.{8}/, '00000000');
  await lock.release();
  await writeFile(file, other);
  const again = await lockFolder(folder);
  await expect(readFile(file, 'utf8')).resolves.not.toBe(other);
  await again.release();
});

test('a lock file that is none is named and left alone', async () => {
  const folder = join(root, 'odd');
  await (await lockFolder(folder)).release();
  await writeFile(join(folder, 'lock'), 'something else');
  await expect(lockFolder(folder)).rejects.toThrow('not a lock of Backstop');
  await expect(readFile(join(folder, 'lock'), 'utf8')).resolves.toBe('something else');
});
