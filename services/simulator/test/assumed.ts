import { expect } from 'vitest';
import { order, SYMBOL } from './exchange-client.ts';
import type { Exchange, Received } from './exchange-client.ts';

export const LINEAR = { category: 'linear', symbol: SYMBOL };

type Row = Readonly<Record<string, unknown>>;

export const codeOf = ({ body }: Received): number => body.retCode;
export const rowsOf = ({ body }: Received): readonly Row[] => body.result.list ?? [];

/** POST /sim/options. */
export async function set(venue: Exchange, options: object): Promise<void> {
  expect(await venue.sim('POST', 'options', options)).toMatchObject({ status: 200 });
}

/** The code of a create. */
export async function create(venue: Exchange, fields: object): Promise<number> {
  return codeOf(await venue.post('order/create', order(fields)));
}

/** Open orders, the newest first. */
export async function open(venue: Exchange, query: Record<string, string> = {}): Promise<readonly Row[]> {
  return rowsOf(await venue.get('order/realtime', { ...LINEAR, ...query }));
}

/** The row of the one-way position. */
export async function position(venue: Exchange): Promise<Row | undefined> {
  return rowsOf(await venue.get('position/list', LINEAR))[0];
}
