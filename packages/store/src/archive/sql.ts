/** One row by column name, as the driver hands it over: the queries select text and casts, so that both drivers agree. */
export type SqlRow = Readonly<Record<string, unknown>>;

/** The little that the archive needs from PGlite and from Postgres alike. Parameters are text, numbers or null. */
export interface Sql {
  query(text: string, parameters?: readonly (string | number | null)[]): Promise<readonly SqlRow[]>;
  /** Runs a file of statements. */
  run(text: string): Promise<void>;
  /** Commits when `work` resolves, rolls back when it rejects. Not to be nested. */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
}

/** A database that was opened and must be closed. */
export interface Database extends Sql {
  close(): Promise<void>;
}
