import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { freePort } from './free-port.ts';

const run = promisify(execFile);
const START_LIMIT_MS = 20_000;

/** A real Postgres for one test file. */
export interface TestPostgres extends AsyncDisposable {
  /** A new, empty database of this server. */
  database(): Promise<string>;
}

/**
 * TEST_DATABASE_URL's server, or a server of its own on a free loopback port where Postgres is installed. Resolves with a sentence
 * that says why not where there is neither.
 */
export async function startPostgres(): Promise<TestPostgres | string> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given !== undefined)
    return { database: () => createDatabase(given), [Symbol.asyncDispose]: async () => undefined };

  const programs = await findPrograms();
  if (programs === undefined) return 'neither TEST_DATABASE_URL nor an installed Postgres';
  const account = process.getuid?.() === 0 ? await unprivileged() : {};
  return account === undefined
    ? 'Postgres refuses to run as root, and there is no user "postgres"'
    : startServer(programs, account);
}

interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

async function startServer(programs: string, account: Account): Promise<TestPostgres> {
  const folder = await mkdtemp('/tmp/backstop-postgres-');
  if (account.uid !== undefined && account.gid !== undefined) await chown(folder, account.uid, account.gid);
  const data = join(folder, 'data');
  await run(join(programs, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-N'], { ...account, cwd: folder });

  const port = await freePort();
  const options = ['-D', data, '-k', folder, '-p', `${port}`, '-c', 'listen_addresses=127.0.0.1', '-c', 'fsync=off'];
  const server = spawn(join(programs, 'postgres'), options, { ...account, cwd: folder, stdio: 'ignore' });
  const killWithUs = (): boolean => server.kill('SIGQUIT');
  process.once('exit', killWithUs);
  const stop = async (): Promise<void> => {
    process.removeListener('exit', killWithUs);
    if (server.exitCode === null && server.signalCode === null) {
      const ended = once(server, 'exit');
      server.kill('SIGQUIT'); // nothing is kept
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  };
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  try {
    await answers(url);
  } catch (error) {
    await stop();
    throw error;
  }
  return { database: () => createDatabase(url), [Symbol.asyncDispose]: stop };
}

async function findPrograms(): Promise<string | undefined> {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return undefined;
  const versions = (await readdir(root)).toSorted((a, b) => Number(b) - Number(a));
  return versions.map((version) => join(root, version, 'bin')).find((folder) => existsSync(join(folder, 'initdb')));
}

async function unprivileged(): Promise<Account | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', 'postgres']), run('id', ['-g', 'postgres'])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

async function answers(url: string): Promise<void> {
  const deadlineMs = performance.now() + START_LIMIT_MS;
  for (;;) {
    const client = connect(url);
    try {
      await client`select 1`;
      return;
    } catch (error) {
      if (performance.now() > deadlineMs) throw error;
      await pause(50);
    } finally {
      await client.end({ timeout: 0 });
    }
  }
}

async function createDatabase(url: string): Promise<string> {
  const name = `test_${crypto.randomUUID().replaceAll('-', '')}`;
  const client = connect(url);
  await client.unsafe(`create database ${name}`);
  await client.end({ timeout: 5 });
  const own = new URL(url);
  own.pathname = `/${name}`;
  return own.href;
}

function connect(url: string): postgres.Sql {
  return postgres(url, { max: 1, connect_timeout: 2, onnotice: () => undefined });
}
