import type { PrivateFrame, UnreadableRow } from '@backstop/core';
import { z } from 'zod';
import { executionRow } from '../execution-row.ts';
import { orderRow } from '../order-row.ts';
import { positionRow } from '../position-row.ts';

/**
 * Reads a text of the private stream (reference D.4); `undefined` for what is no frame of the topics `order`, `position` and
 * `execution`: acknowledgements, pongs, other topics, rubbish. Never throws. Rows of other categories than `linear` are left
 * out: the topics are of all categories, and a spot order may be of the same symbol. A row that cannot be read goes to
 * `unreadable` and leaves its siblings as they are.
 */
export function parsePrivateFrame(text: string): PrivateFrame | undefined {
  return toPrivateFrame(parseMessage(text));
}

/** The value of a text; `undefined` for what is no JSON. */
export function parseMessage(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** As `parsePrivateFrame`, of a message that is parsed already. */
export function toPrivateFrame(message: unknown): PrivateFrame | undefined {
  const topic = field(message, 'topic');
  switch (topic) {
    case 'order':
      return { topic, ...content(message, orderRow) };
    case 'position':
      return { topic, ...content(message, positionFrameRow) };
    case 'execution':
      return { topic, ...content(message, executionRow) };
    default:
      return undefined;
  }
}

/** The stream says `entryPrice` for what the listing calls avgPrice (reference D.4). */
const positionFrameRow = z.preprocess((row) => {
  if (typeof row !== 'object' || row === null || !('entryPrice' in row)) return row;
  return { ...row, avgPrice: row.entryPrice };
}, positionRow);

interface Content<T> {
  readonly createdMs: number;
  readonly rows: readonly T[];
  readonly unreadable: readonly UnreadableRow[];
}

const creationTime = z.number().int().nonnegative();

function content<T>(message: unknown, schema: z.ZodType<T>): Content<T> {
  const created = creationTime.safeParse(field(message, 'creationTime'));
  const data = field(message, 'data');
  if (!Array.isArray(data)) return unread([undefined], 'data: not a list of rows');
  if (!created.success) return unread(data, 'creationTime: not a time');

  const rows: T[] = [];
  const unreadable: UnreadableRow[] = [];
  for (const row of data) {
    const category = field(row, 'category');
    if (typeof category === 'string' && category !== 'linear') continue;
    const parsed = schema.safeParse(row);
    if (category === undefined) unreadable.push({ symbol: symbolOf(row), why: 'category: missing' });
    else if (parsed.success) rows.push(parsed.data);
    else unreadable.push({ symbol: symbolOf(row), why: faultsOf(parsed.error) });
  }
  return { createdMs: created.data, rows, unreadable };
}

/** Of a frame whose envelope cannot be trusted, every row is unknown, and a frame without rows is one unknown row. */
function unread(data: readonly unknown[], why: string): Content<never> {
  return { createdMs: 0, rows: [], unreadable: data.map((row) => ({ symbol: symbolOf(row), why })) };
}

const FAULTS_NAMED = 3;

/** Fields and what is wrong with them, and never what they said. */
function faultsOf({ issues }: z.ZodError): string {
  const faults = issues.map(({ path, message }) => [path.map(String).join('.'), message].filter(Boolean).join(': '));
  return faults.slice(0, FAULTS_NAMED).join('; ');
}

function symbolOf(row: unknown): string | undefined {
  const symbol = field(row, 'symbol');
  return typeof symbol === 'string' && symbol !== '' ? symbol : undefined;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}
