import postgres from 'postgres';
import type { Database, Sql, SqlRow } from './sql.ts';

const CONNECTIONS = 4;

/** Connects to a Postgres server. Rejects when it does not answer within 5 s. */
export async function openPostgres(databaseUrl: string): Promise<Database> {
  const client = postgres(databaseUrl, {
    max: CONNECTIONS,
    connect_timeout: 5,
    onnotice: () => undefined,
    connection: { application_name: 'backstop', statement_timeout: 30_000 },
  });
  try {
    await client`select 1`;
  } catch (error) {
    await client.end({ timeout: 0 });
    throw error;
  }
  return { ...asSql(client, (work) => client.begin((inner) => work(inner))), close: () => client.end({ timeout: 5 }) };
}

type Client = Pick<postgres.Sql, 'unsafe'>;
type Begin = <T>(work: (client: Client) => Promise<T>) => Promise<unknown>;

function asSql(client: Client, begin: Begin): Sql {
  return {
    query: async (text, parameters = []) => client.unsafe<SqlRow[]>(text, [...parameters]),
    run: async (text) => {
      await client.unsafe(text).simple();
    },
    transaction: async (work) => {
      // The driver's own result type unwraps arrays, so the result is carried around it.
      const results: Awaited<ReturnType<typeof work>>[] = [];
      await begin(async (inner) => results.push(await work(asSql(inner, refuseNesting))));
      for (const result of results) return result;
      throw new Error('the transaction ended without a result');
    },
  };
}

function refuseNesting(): Promise<never> {
  return Promise.reject(new Error('a transaction does not nest'));
}
