import { readdir, readFile } from 'node:fs/promises';
import type { Sql } from './sql.ts';

const MIGRATIONS = new URL('../../migrations/', import.meta.url);

/** Any number that nobody else locks in this database. */
const LOCK = 7_226_314;

/**
 * Applies the files of `migrations/` that this database has not seen, in the order of their numbers, all in one transaction:
 * either all or none. Of several processes that migrate at once, one does it and the others wait.
 */
export async function migrate(sql: Sql): Promise<void> {
  const files = (await readdir(MIGRATIONS)).filter((file) => /^\d{4}-.+\.sql$/.test(file)).toSorted();
  await sql.transaction(async (inner) => {
    await inner.query('select pg_advisory_xact_lock($1::int8)::text as locked', [`${LOCK}`]);
    await inner.run(
      'create table if not exists migrations (name text primary key, applied_at timestamptz not null default now())',
    );
    const applied = new Set((await inner.query('select name from migrations')).map(({ name }) => name));

    for (const file of files) {
      if (applied.has(file)) continue;
      await inner.run(await readFile(new URL(file, MIGRATIONS), 'utf8'));
      await inner.query('insert into migrations (name) values ($1)', [file]);
    }
  });
}
