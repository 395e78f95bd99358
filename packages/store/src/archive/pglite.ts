import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { lockFolder } from './folder-lock.ts';
import type { Database, Sql, SqlRow } from './sql.ts';

type Client = Pick<PGlite, 'query' | 'exec'>;
type Begin = <T>(work: (client: Client) => Promise<T>) => Promise<T>;

/**
 * Opens (or creates) a database in a folder of its own, for this process alone: rejects when another one has it open, since
 * PGlite itself would not notice and lose rows. The first opening takes about 2 s.
 */
export async function openPglite(dataDir: string): Promise<Database> {
  const lock = await lockFolder(dataDir);
  try {
    const client = await PGlite.create(join(dataDir, 'pg'));
    const close = async (): Promise<void> => {
      await client.close();
      await lock.release();
    };
    return { ...asSql(client, (work) => client.transaction(work)), close };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

function asSql(client: Client, begin: Begin): Sql {
  return {
    query: async (text, parameters = []) => (await client.query<SqlRow>(text, [...parameters])).rows,
    run: async (text) => {
      await client.exec(text);
    },
    transaction: (work) => begin((inner) => work(asSql(inner, refuseNesting))),
  };
}

function refuseNesting(): Promise<never> {
  return Promise.reject(new Error('a transaction does not nest'));
}
