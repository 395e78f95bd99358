import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GenericContainer, Wait } from 'testcontainers';
import type { ArchiveLocation } from '@backstop/store';

/** A database to keep an archive in. */
export interface DatabasePlace extends AsyncDisposable {
  readonly location: () => ArchiveLocation;
  /** Ends the server and starts it again on its files. Does nothing to one that is not ours. */
  readonly restart: () => Promise<void>;
}

const IMAGE = 'postgres:15-bookworm';
const PORT = 5432;
const USER = { POSTGRES_USER: 'backstop', POSTGRES_PASSWORD: 'backstop', POSTGRES_DB: 'backstop' };

/** TEST_DATABASE_URL when given; else Postgres in a container where an engine answers; else an embedded one. */
export async function openDatabase({ hasEngine }: { readonly hasEngine: boolean }): Promise<DatabasePlace> {
  const { TEST_DATABASE_URL: given } = process.env;
  if (given !== undefined && given !== '') {
    const location = { databaseUrl: given };
    return { location: () => location, restart: async () => {}, [Symbol.asyncDispose]: async () => {} };
  }
  return hasEngine ? inContainer() : embedded();
}

async function inContainer(): Promise<DatabasePlace> {
  const container = await new GenericContainer(IMAGE)
    .withExposedPorts(PORT)
    .withEnvironment(USER)
    .withWaitStrategy(Wait.forSuccessfulCommand('pg_isready --host=127.0.0.1 --username=backstop --dbname=backstop'))
    .start();
  return {
    location: () => ({
      databaseUrl: `postgres://backstop:backstop@${container.getHost()}:${container.getMappedPort(PORT)}/backstop`,
    }),
    restart: () => container.restart(),
    [Symbol.asyncDispose]: () => container[Symbol.asyncDispose](),
  };
}

async function embedded(): Promise<DatabasePlace> {
  const dir = await mkdtemp(join(tmpdir(), 'backstop-archive-'));
  return {
    location: () => ({ dataDir: join(dir, 'data') }),
    restart: async () => {},
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  };
}
