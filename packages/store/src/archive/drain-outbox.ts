import type { OutboxEntry } from '../outbox.ts';
import { toArchiveRows, type ArchiveRows } from './archive-rows.ts';
import type { Sql } from './sql.ts';

export interface Drained {
  /** Entries stored by this call. */
  readonly stored: number;
  /** Entries that had been stored before. */
  readonly skipped: number;
  /** Up to here everything is stored; '0' = nothing yet. */
  readonly lastId: string;
}

/** The start of a stream: below every entry's id. */
export const START = '0';

/**
 * Stores a run of outbox entries (ascending) and how far it goes in one transaction, so each entry is stored exactly once
 * whatever is repeated after a crash, and whoever drains at the same time waits. Another nonce than the stored one is another
 * stream, which starts at its beginning.
 */
export async function drainOutbox(
  sql: Sql,
  stream: { readonly bucket: number; readonly nonce: string },
  entries: readonly OutboxEntry[],
): Promise<Drained> {
  const { bucket, nonce } = stream;
  return sql.transaction(async (inner) => {
    await inner.query(
      'insert into outbox_offsets (bucket, nonce, last_id) values ($1::int4, $2, $3) on conflict (bucket) do nothing',
      [bucket, nonce, START],
    );
    const [row] = await inner.query('select nonce, last_id from outbox_offsets where bucket = $1::int4 for update', [
      bucket,
    ]);
    const storedUpTo = row?.['nonce'] === nonce ? String(row['last_id']) : START;

    const fresh = entries.filter(({ id }) => isAfter(id, storedUpTo));
    const lastId = fresh.at(-1)?.id ?? storedUpTo;
    await store(inner, toArchiveRows(fresh, `${nonce}:${bucket}`));
    await inner.query('update outbox_offsets set nonce = $2, last_id = $3 where bucket = $1::int4', [
      bucket,
      nonce,
      lastId,
    ]);
    return { stored: fresh.length, skipped: entries.length - fresh.length, lastId };
  });
}

/** Orders stream ids "ms-seq" by number: as text, "9-0" would come after "10-0". */
function isAfter(id: string, other: string): boolean {
  const [ms = '0', seq = '0'] = id.split('-');
  const [otherMs = '0', otherSeq = '0'] = other.split('-');
  return BigInt(ms) === BigInt(otherMs) ? BigInt(seq) > BigInt(otherSeq) : BigInt(ms) > BigInt(otherMs);
}

async function store(sql: Sql, rows: ArchiveRows): Promise<void> {
  const closed = [...rows.closed].map(([id, closed_at_ms]) => ({ id, closed_at_ms }));
  const steps = [
    [UPSERT_PLANS, [...rows.plans.values()]],
    [CLOSE_PLANS, closed],
    [UPSERT_STATES, [...rows.states.values()]],
    [INSERT_EXECUTIONS, rows.executions],
    [INSERT_DECISIONS, rows.decisions],
    [INSERT_EVENTS, rows.events],
  ] as const;
  for (const [statement, records] of steps) {
    if (records.length > 0) await sql.query(statement, [JSON.stringify(records)]);
  }
}

const UPSERT_PLANS = `
  insert into plans (id, account, symbol, position_idx, accepted_at_ms, closed_at_ms, plan)
  select id, account, symbol, position_idx, accepted_at_ms, closed_at_ms, plan::json
  from json_to_recordset($1::text::json) as r(id text, account text, symbol text, position_idx smallint,
    accepted_at_ms bigint, closed_at_ms bigint, plan text)
  on conflict (id) do update set account = excluded.account, symbol = excluded.symbol, position_idx = excluded.position_idx,
    accepted_at_ms = excluded.accepted_at_ms, closed_at_ms = excluded.closed_at_ms, plan = excluded.plan`;

const CLOSE_PLANS = `
  update plans set closed_at_ms = r.closed_at_ms
  from json_to_recordset($1::text::json) as r(id text, closed_at_ms bigint)
  where plans.id = r.id`;

const UPSERT_STATES = `
  insert into lane_states (monitor_id, lane, version, at_ms, state)
  select monitor_id, lane, version, at_ms, state::json
  from json_to_recordset($1::text::json) as r(monitor_id text, lane text, version bigint, at_ms bigint, state text)
  on conflict (monitor_id, lane) do update set version = excluded.version, at_ms = excluded.at_ms, state = excluded.state`;

const INSERT_EXECUTIONS = `
  insert into executions (account, exec_id, symbol, seq, at_ms, monitor_ids, order_link_id, side, price, qty, fee, execution)
  select account, exec_id, symbol, seq, at_ms, monitor_ids::json, order_link_id, side, price, qty, fee, execution::json
  from json_to_recordset($1::text::json) as r(account text, exec_id text, symbol text, seq bigint, at_ms bigint,
    monitor_ids text, order_link_id text, side text, price numeric, qty numeric, fee numeric, execution text)
  on conflict (account, exec_id) do nothing`;

const INSERT_DECISIONS = `
  insert into decisions (id, monitor_id, lane, version, at_ms, decision, name)
  select id, monitor_id, lane, version, at_ms, decision::json, name
  from json_to_recordset($1::text::json) as r(id text, monitor_id text, lane text, version bigint, at_ms bigint, decision text,
    name text)
  on conflict (id) do nothing`;

const INSERT_EVENTS = `
  insert into events (id, monitor_id, account, symbol, lane, type, at_ms, event)
  select id, monitor_id, account, symbol, lane, type, at_ms, event::json
  from json_to_recordset($1::text::json) as r(id text, monitor_id text, account text, symbol text, lane text, type text,
    at_ms bigint, event text)
  on conflict (id) do nothing`;
