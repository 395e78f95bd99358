import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A folder that belongs to this process until `release`. */
interface FolderLock {
  release(): Promise<void>;
}

interface Owner {
  readonly id: string;
  readonly pid: number;
  /** When the process started, in the kernel's own count; "" where the system does not tell. Tells a pid that is used again. */
  readonly startedAt: string;
}

const OWNER = /^([0-9a-f-]{36})\n(\d+)\n(.*)\n$/;

/** Ids of the locks that this process holds: its own pid in a lock file says nothing in a container, where each start has the same. */
const held = new Set<string>();

/**
 * Takes `folder` (created if missing) for this process by a file `lock` in it. The lock of a process that is gone is taken
 * over. Rejects with a clear error while the owner lives.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'lock');
  const owner: Owner = { id: randomUUID(), pid: process.pid, startedAt: await startOf(process.pid) };
  const draft = `${file}.${owner.id}`;
  await writeFile(draft, `${owner.id}\n${owner.pid}\n${owner.startedAt}\n`);
  held.add(owner.id); // before anybody can read it from the lock
  try {
    if (!(await linkIfFree(draft, file))) await takeOver(draft, file);
  } catch (error) {
    held.delete(owner.id);
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  let isReleased = false;
  return {
    release: async () => {
      if (isReleased) return;
      isReleased = true;
      await rm(file, { force: true });
      held.delete(owner.id);
    },
  };
}

/**
 * Replaces the lock of a process that is gone. Of several that try, one gets the claim that carries the dead owner's id; the
 * others find the folder in use.
 */
async function takeOver(draft: string, file: string): Promise<void> {
  const owner = await readOwner(file);
  if (await lives(owner))
    throw new Error(`${file}: the folder is in use by process ${owner.pid}; end it, or use another folder`);

  const claim = `${file}.after-${owner.id}`;
  if (!(await linkIfFree(draft, claim))) {
    throw new Error(`${file}: another process is taking over the folder; if there is none, remove ${claim}`);
  }
  try {
    // Somebody may have taken over between the reading and the claim, and be done with it.
    if ((await readOwner(file)).id !== owner.id) throw new Error(`${file}: the folder is in use`);
    await rename(draft, file);
  } finally {
    await rm(claim, { force: true });
  }
}

/** A hard link either appears whole or not at all, so nobody reads half a lock. */
async function linkIfFree(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

async function readOwner(file: string): Promise<Owner> {
  const [, id, pid, startedAt] = OWNER.exec(await readFile(file, 'utf8')) ?? [];
  if (id === undefined || pid === undefined || startedAt === undefined) {
    throw new Error(`${file}: not a lock of Backstop; remove it if no Backstop uses the folder`);
  }
  return { id, pid: Number(pid), startedAt };
}

async function lives({ id, pid, startedAt }: Owner): Promise<boolean> {
  if (pid === process.pid) return held.has(id);

  try {
    process.kill(pid, 0);
  } catch (error) {
    if (isCode(error, 'ESRCH')) return false; // EPERM: it lives, and belongs to somebody else
  }
  const now = await startOf(pid);
  return startedAt === '' || now === '' || now === startedAt;
}

/** Field 22 of /proc/<pid>/stat after the name in brackets, with the boot's id; "" where there is no /proc. */
async function startOf(pid: number): Promise<string> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    return `${boot.trim()} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''}`;
  } catch {
    return '';
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
