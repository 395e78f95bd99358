/** A line of a process's log. */
export type LogLine = Readonly<Record<string, unknown>>;

/** Something newer than before, and the Redis time at which it was in the cache, ms. */
export type Receipt = {
  readonly account: string;
  readonly nowMs: number;
} & (
  | {
      readonly type: 'read';
      readonly kind: 'position' | 'orders';
      /** `SYMBOL:idx`; undefined = the whole account. */
      readonly place: string | undefined;
      /** Redis time, ms. */
      readonly startMs: number;
    }
  | ({ readonly type: 'position'; readonly place: string; readonly createdMs: number } & PositionVersion)
  | ({ readonly type: 'order'; readonly place: string; readonly status: string } & HeldOrder)
);

/** What a decision stood on, and the Redis time at which it was read, ms. */
export interface Decided {
  readonly account: string;
  /** `SYMBOL:idx` */
  readonly place: string;
  readonly monitorId: string;
  readonly lane: string;
  readonly nowMs: number;
  /** A position without a version is one that no listing contained. */
  readonly position: { readonly startMs: number; readonly version: PositionVersion | undefined };
  readonly orders: { readonly startMs: number; readonly held: readonly HeldOrder[] };
}

interface PositionVersion {
  readonly seq: number;
  readonly updatedTimeMs: number;
}

export interface HeldOrder {
  readonly orderId: string;
  readonly updatedTimeMs: number;
  readonly cumExecQty: string;
}

/** The receipt that a line tells of; undefined = none. Throws TypeError for one that is not written as it should be. */
export function toReceipt(line: LogLine): Receipt | undefined {
  if (line['msg'] === 'read landed') return toRead(line);
  if (line['msg'] !== 'row received') return undefined;
  const common = { account: text(line, 'account'), place: placeOf(line), nowMs: number(line, 'nowMs') };
  const updatedTimeMs = number(line, 'updatedTimeMs');
  if (kindOf(line) === 'position') {
    return {
      type: 'position',
      ...common,
      updatedTimeMs,
      seq: number(line, 'seq'),
      createdMs: number(line, 'createdMs'),
    };
  }
  const [orderId, cumExecQty, status] = [text(line, 'orderId'), text(line, 'cumExecQty'), text(line, 'status')];
  return { type: 'order', ...common, orderId, updatedTimeMs, cumExecQty, status };
}

/** The decision that a line tells of; undefined = none. Throws in the same way. */
export function toDecision(line: LogLine): Decided | undefined {
  if (line['msg'] !== 'facts decided on') return undefined;
  const [position, orders] = [part(line, 'position'), part(line, 'orders')];
  const version = { seq: position['seq'], updatedTimeMs: position['updatedTimeMs'] };
  return {
    account: text(line, 'account'),
    place: placeOf(line),
    monitorId: text(line, 'monitorId'),
    lane: text(line, 'lane'),
    nowMs: number(line, 'nowMs'),
    position: {
      startMs: number(position, 'startMs'),
      version:
        version.seq === undefined
          ? undefined
          : { seq: number(position, 'seq'), updatedTimeMs: number(position, 'updatedTimeMs') },
    },
    orders: { startMs: number(orders, 'startMs'), held: list(orders, 'held').map(toHeld) },
  };
}

function toRead(line: LogLine): Receipt {
  return {
    type: 'read',
    account: text(line, 'account'),
    kind: kindOf(line),
    place: line['symbol'] === undefined ? undefined : placeOf(line),
    startMs: number(line, 'startMs'),
    nowMs: number(line, 'nowMs'),
  };
}

/** An order as a decision's line holds it: [orderId, updatedTimeMs, cumExecQty]. */
function toHeld(order: unknown): HeldOrder {
  const [orderId, updatedTimeMs, cumExecQty]: readonly unknown[] = Array.isArray(order) ? order : [];
  const fields = { orderId, updatedTimeMs, cumExecQty };
  return {
    orderId: text(fields, 'orderId'),
    updatedTimeMs: number(fields, 'updatedTimeMs'),
    cumExecQty: text(fields, 'cumExecQty'),
  };
}

function placeOf(line: LogLine): string {
  return `${text(line, 'symbol')}:${number(line, 'positionIdx')}`;
}

function kindOf(line: LogLine): 'position' | 'orders' {
  const kind = line['kind'];
  if (kind !== 'position' && kind !== 'orders') return fail(line, 'kind');
  return kind;
}

function text(line: LogLine, name: string): string {
  const value = line[name];
  return typeof value === 'string' ? value : fail(line, name);
}

function number(line: LogLine, name: string): number {
  const value = line[name];
  return typeof value === 'number' ? value : fail(line, name);
}

function list(line: LogLine, name: string): readonly unknown[] {
  const value = line[name];
  return Array.isArray(value) ? value : fail(line, name);
}

function part(line: LogLine, name: string): LogLine {
  const value = line[name];
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : fail(line, name);
}

function fail(line: LogLine, name: string): never {
  throw new TypeError(`${name} of a line is not what it should be: ${JSON.stringify(line)}`);
}
