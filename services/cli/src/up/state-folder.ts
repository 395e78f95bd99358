import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Credentials } from '@backstop/intake';
import { ConfigError } from '@backstop/runtime';
import type { Venue } from './up-options.ts';

/** Where a run keeps its Redis, archive, logs and keys. */
export interface StateFolder extends AsyncDisposable {
  readonly dir: string;
  readonly redisDir: string;
  readonly archiveDir: string;
  readonly logDir: string;
  readonly accountsFile: string;
  /** Deleted when disposed; of one that stays, only the file with the keys is. */
  readonly ephemeral: boolean;
}

/**
 * Opens the given folder, or a new one of this run alone. What a simulated run has left in it is set aside, since its
 * exchange is gone; the state of a live venue goes on. Throws ConfigError for the state of another venue.
 */
export async function openStateFolder(
  given: string | undefined,
  venue: Venue,
  credentials: readonly Credentials[],
): Promise<StateFolder> {
  const dir = given === undefined ? await mkdtemp(path.join(tmpdir(), 'backstop-')) : path.resolve(given);
  const [redisDir, archiveDir, logDir] = [path.join(dir, 'redis'), path.join(dir, 'archive'), path.join(dir, 'logs')];
  const accountsFile = path.join(dir, 'accounts.json');
  await checkVenue(dir, venue);
  await setAside(venue === 'simulator' ? [redisDir, archiveDir, logDir] : [logDir], path.join(dir, 'before'));

  await mkdir(logDir, { recursive: true, mode: 0o700 });
  await writeFile(path.join(dir, 'venue'), venue);
  await rm(accountsFile, { force: true });
  await writeFile(accountsFile, JSON.stringify({ accounts: credentials }), { mode: 0o600 });
  const disposable = given === undefined ? dir : accountsFile;
  return {
    dir,
    redisDir,
    archiveDir,
    logDir,
    accountsFile,
    ephemeral: given === undefined,
    [Symbol.asyncDispose]: () => rm(disposable, { recursive: true, force: true, maxRetries: 3 }),
  };
}

/** Whether an earlier run on this venue has left its state in the folder. Nothing is created or changed. */
export async function keepsState(given: string, venue: Venue): Promise<boolean> {
  const dir = path.resolve(given);
  const left: readonly string[] = await readdir(dir).catch(() => []);
  const former = (await formerVenue(dir)) ?? venue;
  return former === venue && (left.includes('redis') || left.includes('archive'));
}

async function checkVenue(dir: string, venue: Venue): Promise<void> {
  const former = (await formerVenue(dir)) ?? venue;
  if (former !== venue) throw new ConfigError(`--state: ${dir} holds the state of ${former}, not of ${venue}`, []);
}

function formerVenue(dir: string): Promise<string | undefined> {
  return readFile(path.join(dir, 'venue'), 'utf8').catch(() => undefined);
}

/** Moves what is there into one folder, in place of what was set aside before. */
async function setAside(folders: readonly string[], before: string): Promise<void> {
  await rm(before, { recursive: true, force: true });
  await mkdir(before, { recursive: true, mode: 0o700 });
  for (const folder of folders) {
    await rename(folder, path.join(before, path.basename(folder))).catch(() => undefined); // the first run has none
  }
}
