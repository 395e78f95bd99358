import { fromJson, type Plan } from '@backstop/core';
import type { KnownPlans } from '../maintenance-command.ts';
import type { OutboxEntry } from '../outbox.ts';
import { drainOutbox, START, type Drained } from './drain-outbox.ts';
import { migrate } from './migrate.ts';
import type { Database } from './sql.ts';

/** A Postgres server, or a folder for an embedded database of this process alone. */
export type ArchiveLocation = { readonly databaseUrl: string } | { readonly dataDir: string };

export interface ArchivedEvent {
  readonly id: string;
  /** Empty on entries that were kept as they came (`type` then starts with `raw:`). */
  readonly monitorId: string;
  readonly account: string;
  readonly symbol: string;
  readonly lane: string;
  readonly type: string;
  readonly atMs: number;
  /** The event as `toJson` text. */
  readonly json: string;
}

/** Rows per table. */
export interface ArchiveCounts {
  readonly plans: number;
  readonly activePlans: number;
  readonly executions: number;
  readonly decisions: number;
  readonly events: number;
}

/** Plans and history, durable. Every method rejects when the database does not answer. */
export interface Archive extends AsyncDisposable {
  /** Stores outbox entries exactly once: see `drainOutbox`. Only what this returns as `lastId` may be trimmed. */
  drain(bucket: number, nonce: string, entries: readonly OutboxEntry[]): Promise<Drained>;
  /** Up to which entry the outbox is stored; '0' = nothing of this stream. */
  offset(bucket: number, nonce: string): Promise<string>;
  /** The plans that are not closed, in the order of their acceptance. */
  activePlans(): Promise<readonly Plan[]>;
  /** Whether the plan of this monitor is known here and closed. An unknown one is not: nothing is proven about it. */
  isClosed(monitorId: string): Promise<boolean>;
  /** Which of these plans are known here, whatever became of them. */
  knownPlans(ids: readonly string[]): Promise<KnownPlans>;
  /** The letters of this installation (S-24): those that were kept first, else these from now on. */
  installation(letters: string): Promise<string>;
  /** The newest decision of this name as `toJson` text; undefined = there is none. */
  decision(name: string): Promise<string | undefined>;
  counts(): Promise<ArchiveCounts>;
  /** The newest events first, of one monitor or of all. */
  lastEvents(monitorId: string | undefined, limit: number): Promise<readonly ArchivedEvent[]>;
  close(): Promise<void>;
}

/** Opens the archive and brings its tables up to date. Rejects when the folder is in use or the server does not answer. */
export async function openArchive(location: ArchiveLocation): Promise<Archive> {
  const database = await openDatabase(location);
  try {
    await migrate(database);
  } catch (error) {
    await database.close();
    throw error;
  }
  return asArchive(database);
}

function asArchive(database: Database): Archive {
  const close = (): Promise<void> => database.close();
  return {
    drain: (bucket, nonce, entries) => drainOutbox(database, { bucket, nonce }, entries),
    offset: async (bucket, nonce) => {
      const [row] = await database.query('select last_id from outbox_offsets where bucket = $1::int4 and nonce = $2', [
        bucket,
        nonce,
      ]);
      return row === undefined ? START : String(row['last_id']);
    },
    activePlans: async () => {
      const rows = await database.query(
        'select plan::text as plan from plans where closed_at_ms is null order by accepted_at_ms, id',
      );
      return rows.map(({ plan }) => fromJson<Plan>(String(plan)));
    },
    isClosed: async (monitorId) => {
      const rows = await database.query('select 1 from plans where id = $1 and closed_at_ms is not null', [monitorId]);
      return rows.length > 0;
    },
    knownPlans: (ids) => readKnownPlans(database, ids),
    installation: async (letters) => {
      const [row] = await database.query(KEEP_INSTALLATION, [letters]);
      return String(row?.['letters']);
    },
    decision: async (name) => {
      const [row] = await database.query(
        'select decision::text as decision from decisions where name = $1::text order by at_ms desc limit 1',
        [name],
      );
      return row === undefined ? undefined : String(row['decision']);
    },
    counts: () => readCounts(database),
    lastEvents: (monitorId, limit) => readEvents(database, monitorId, limit),
    close,
    [Symbol.asyncDispose]: close,
  };
}

const KEEP_INSTALLATION = `
  insert into installation (letters) values ($1)
  on conflict (only_row) do update set letters = installation.letters returning letters`;

async function readKnownPlans(database: Database, ids: readonly string[]): Promise<KnownPlans> {
  const [row = {}] = await database.query(
    `select coalesce(json_agg(id) filter (where closed_at_ms is null), '[]')::text as active,
       coalesce(json_agg(id) filter (where closed_at_ms is not null), '[]')::text as closed
     from plans where id in (select json_array_elements_text($1::text::json))`,
    [JSON.stringify(ids)],
  );
  return { active: fromJson(String(row['active'])), closed: fromJson(String(row['closed'])) };
}

async function readCounts(database: Database): Promise<ArchiveCounts> {
  const [row = {}] = await database.query(`
    select (select count(*) from plans)::text as plans,
      (select count(*) from plans where closed_at_ms is null)::text as active,
      (select count(*) from executions)::text as executions,
      (select count(*) from decisions)::text as decisions,
      (select count(*) from events)::text as events`);
  return {
    plans: Number(row['plans']),
    activePlans: Number(row['active']),
    executions: Number(row['executions']),
    decisions: Number(row['decisions']),
    events: Number(row['events']),
  };
}

async function readEvents(
  database: Database,
  monitorId: string | undefined,
  limit: number,
): Promise<readonly ArchivedEvent[]> {
  const rows = await database.query(
    `select id, coalesce(monitor_id, '') as monitor, coalesce(account, '') as account, coalesce(symbol, '') as symbol,
       coalesce(lane, '') as lane, type, at_ms::text as at_ms, event::text as event
     from events where $1::text is null or monitor_id = $1::text
     order by events.at_ms desc, id desc limit $2::int4`,
    [monitorId ?? null, limit],
  );
  return rows.map((row) => ({
    id: String(row['id']),
    monitorId: String(row['monitor']),
    account: String(row['account']),
    symbol: String(row['symbol']),
    lane: String(row['lane']),
    type: String(row['type']),
    atMs: Number(row['at_ms']),
    json: String(row['event']),
  }));
}

/** Each is loaded where it is wanted: every other process would load both for nothing. */
async function openDatabase(location: ArchiveLocation): Promise<Database> {
  if ('databaseUrl' in location) return (await import('./postgres.ts')).openPostgres(location.databaseUrl);
  return (await import('./pglite.ts')).openPglite(location.dataDir);
}
