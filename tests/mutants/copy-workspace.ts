import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir, readdir, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Copies the project as it stands, files that git does not know yet among them, to a new folder in which its tests run by node
 * alone. Workspace packages resolve to their copies, since pnpm's links between them are relative; what was installed is shared,
 * so nothing may be installed there.
 */
export async function copyWorkspace(root: string, folder: string): Promise<void> {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const files = [...new Set(listed.split('\0'))].filter((file) => file !== '' && existsSync(join(root, file)));
  for (const folderName of new Set(files.map(dirname))) await mkdir(join(folder, folderName), { recursive: true });
  await Promise.all(files.map((file) => copyFile(join(root, file), join(folder, file))));

  await shareInstalled(join(root, 'node_modules'), join(folder, 'node_modules'));
  const packages = files.filter((file) => basename(file) === 'package.json' && dirname(file) !== '.').map(dirname);
  for (const name of packages) await copyLinks(join(root, name, 'node_modules'), join(folder, name, 'node_modules'));
}

/** A folder of its own, so that caches are its own too; hidden entries but the installed packages are left out. */
async function shareInstalled(from: string, to: string): Promise<void> {
  await mkdir(to);
  const names = (await readdir(from)).filter((name) => !name.startsWith('.') || name === '.pnpm');
  await Promise.all(names.map((name) => symlink(join(from, name), join(to, name))));
}

async function copyLinks(from: string, to: string): Promise<void> {
  if (!existsSync(from)) return;
  await cp(from, to, { recursive: true, verbatimSymlinks: true, filter: isPlain });
}

function isPlain(path: string): boolean {
  return !basename(path).startsWith('.');
}
