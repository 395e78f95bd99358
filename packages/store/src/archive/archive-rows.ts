import type { OutboxEntry } from '../outbox.ts';
import { jsonOf, objectOf, optionalDecimal, optionalText, textOf, wholeOf, type Fields } from './fields.ts';

type Row = Readonly<Record<string, string | number | null>>;

/** What a run of outbox entries comes to, per table. Where a table keeps the latest only, earlier ones are left out already. */
export interface ArchiveRows {
  readonly plans: ReadonlyMap<string, Row>;
  /** Closed monitors whose plan is not among `plans`: id -> when, ms. */
  readonly closed: ReadonlyMap<string, number>;
  readonly states: ReadonlyMap<string, Row>;
  readonly executions: readonly Row[];
  readonly decisions: readonly Row[];
  readonly events: readonly Row[];
}

interface Draft {
  readonly plans: Map<string, Row>;
  readonly closed: Map<string, number>;
  readonly states: Map<string, Row>;
  readonly executions: Row[];
  readonly decisions: Row[];
  readonly events: Row[];
}

interface Entry {
  /** Unique over all buckets and lives of Redis. */
  readonly id: string;
  readonly atMs: number;
  readonly fields: Fields;
}

/** Throws RangeError, before it touches the draft, when the entry does not have the shape of its type. */
type Fold = (draft: Draft, entry: Entry) => void;

const FOLDS = new Map<string, Fold>([
  ['planned', foldPlanned],
  ['state', foldState],
  ['execution', foldExecution],
  ['decision', foldDecision],
  ['event', foldEvent],
]);

/**
 * Sorts outbox entries (ascending) into rows. Total: an entry of an unknown type or shape becomes an event that keeps it as
 * it came, so that one bad entry never holds up the rest.
 */
export function toArchiveRows(entries: readonly OutboxEntry[], stream: string): ArchiveRows {
  const draft: Draft = {
    plans: new Map(),
    closed: new Map(),
    states: new Map(),
    executions: [],
    decisions: [],
    events: [],
  };
  for (const entry of entries) {
    const id = `${stream}:${entry.id}`;
    const atMs = Number(entry.id.split('-')[0]);
    try {
      const fold = FOLDS.get(entry.type);
      if (fold === undefined) throw new RangeError(`unknown type ${entry.type}`);
      fold(draft, { id, atMs, fields: objectOf(entry.json) });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      draft.events.push(rawEvent(entry, id, atMs));
    }
  }
  return draft;
}

function foldPlanned(draft: Draft, { atMs, fields }: Entry): void {
  const id = textOf(fields, 'monitorId');
  const plan = { account: textOf(fields, 'account'), symbol: textOf(fields, 'symbol'), plan: jsonOf(fields, 'plan') };
  const row = { id, ...plan, position_idx: wholeOf(fields, 'positionIdx'), accepted_at_ms: atMs, closed_at_ms: null };
  const states = objectOf(jsonOf(fields, 'states'));
  const lanes = Object.keys(states).map((lane) => stateRow({ id, lane, version: 0, atMs }, textOf(states, lane)));

  draft.plans.set(id, row);
  draft.closed.delete(id);
  for (const lane of lanes) draft.states.set(`${id} ${lane['lane']}`, lane);
}

function foldState(draft: Draft, { atMs, fields }: Entry): void {
  const id = textOf(fields, 'monitorId');
  const lane = textOf(fields, 'lane');
  const row = stateRow({ id, lane, version: wholeOf(fields, 'version'), atMs }, textOf(fields, 'state'));

  draft.states.set(`${id} ${lane}`, row);
  if (fields['closed'] !== true) return;
  const plan = draft.plans.get(id);
  if (plan === undefined) draft.closed.set(id, atMs);
  else draft.plans.set(id, { ...plan, closed_at_ms: atMs });
}

function stateRow(
  key: { readonly id: string; readonly lane: string; readonly version: number; readonly atMs: number },
  state: string,
): Row {
  objectOf(state);
  return { monitor_id: key.id, lane: key.lane, version: key.version, at_ms: key.atMs, state };
}

function foldExecution(draft: Draft, { fields }: Entry): void {
  const raw = textOf(fields, 'raw');
  const execution = readable(raw);
  draft.executions.push({
    account: textOf(fields, 'account'),
    exec_id: textOf(fields, 'execId'),
    symbol: textOf(fields, 'symbol'),
    seq: wholeOf(fields, 'seq'),
    at_ms: wholeOf(fields, 'timeMs'),
    monitor_ids: jsonOf(fields, 'monitorIds'),
    order_link_id: optionalText(execution, 'orderLinkId'),
    side: optionalText(execution, 'side'),
    price: optionalDecimal(execution, 'price'),
    qty: optionalDecimal(execution, 'qty'),
    fee: optionalDecimal(execution, 'fee'),
    execution: execution === undefined ? JSON.stringify(raw) : raw,
  });
}

function readable(raw: string): Fields | undefined {
  try {
    return objectOf(raw);
  } catch {
    return undefined;
  }
}

function foldDecision(draft: Draft, { id, atMs, fields }: Entry): void {
  const monitor = { monitor_id: textOf(fields, 'monitorId'), lane: textOf(fields, 'lane') };
  const version = wholeOf(fields, 'version');
  const decision = jsonOf(fields, 'decision');
  const name = optionalText(objectOf(decision), 'id');
  draft.decisions.push({ id, ...monitor, version, at_ms: atMs, decision, name });
}

function foldEvent(draft: Draft, { fields }: Entry): void {
  const json = jsonOf(fields, 'event');
  const event = objectOf(json);
  draft.events.push({
    id: textOf(event, 'id'),
    monitor_id: textOf(fields, 'monitorId'),
    account: textOf(fields, 'account'),
    symbol: textOf(fields, 'symbol'),
    lane: textOf(fields, 'lane'),
    type: textOf(event, 'type'),
    at_ms: wholeOf(event, 'atMs'),
    event: json,
  });
}

function rawEvent({ type, json }: { readonly type: string; readonly json: string }, id: string, atMs: number): Row {
  const nowhere = { monitor_id: null, account: null, symbol: null, lane: null };
  const event = readable(json) === undefined ? JSON.stringify(json) : json;
  return { id, ...nowhere, type: `raw:${type.replaceAll('\0', '')}`, at_ms: atMs, event };
}
