import type { SimulatorConfig } from '../../src/index.ts';
import { order, SYMBOL } from '../exchange-client.ts';
import type { Exchange } from '../exchange-client.ts';

/** The part of a reply that tells of a refusal. */
export interface Refused {
  readonly retCode: unknown;
  readonly retMsg: unknown;
}

/** A situation in which the exchange has to answer with a code and a text. */
export interface Provocation {
  readonly code: number;
  readonly when: string;
  /** A string, or a matcher of one. */
  readonly text: unknown;
  readonly config?: Partial<SimulatorConfig>;
  readonly provoke: (venue: Exchange) => Promise<Refused>;
}

export const LINEAR = { category: 'linear', symbol: SYMBOL } as const;

type Fields = Readonly<Record<string, unknown>>;

/** POSTs and gives back the body. */
export async function post(venue: Exchange, endpoint: string, body: Fields): Promise<Refused> {
  return (await venue.post(endpoint, { ...LINEAR, ...body })).body;
}

/** A create of one coin at market unless `fields` say otherwise. */
export async function create(venue: Exchange, fields: Fields = {}): Promise<Refused> {
  return (await venue.post('order/create', order(fields))).body;
}

/** A create of one coin that rests in the book. */
export async function resting(venue: Exchange, fields: Fields = {}): Promise<Refused> {
  return create(venue, { orderType: 'Limit', price: '90', ...fields });
}

/** The same command over and over; the last answer. */
export async function repeated(times: number, command: () => Promise<Refused>): Promise<Refused> {
  for (let count = 1; count < times; count += 1) await command();
  return command();
}

/** Sets up the exchange; a test that wants something impossible fails here. */
export async function sim(venue: Exchange, path: string, body: Fields): Promise<void> {
  const reply = await venue.sim('POST', path, body);
  if (reply.status !== 200) throw new Error(`${path}: ${JSON.stringify(reply.body)}`);
}

export async function options(venue: Exchange, body: Fields): Promise<void> {
  await sim(venue, 'options', body);
}

export async function price(venue: Exchange, last: string): Promise<void> {
  await sim(venue, 'price', { symbol: SYMBOL, price: last });
}

/** Puts the contract of the tests into another state. */
export async function status(venue: Exchange, name: string): Promise<void> {
  await sim(venue, 'faults', { faults: [{ kind: 'instrument-change', symbol: SYMBOL, status: name }] });
}

/** Another account, or the same under other terms; `key` is its name. */
export async function account(venue: Exchange, fields: Fields): Promise<void> {
  const { name = 'other' } = fields;
  await sim(venue, 'accounts', { accounts: [{ apiKey: name, secret: 'other-secret', name, ...fields }] });
}

/** A request of that other account. */
export async function asOther(venue: Exchange, endpoint: string, body: Fields): Promise<Refused> {
  return (await venue.post(endpoint, { ...LINEAR, ...body }, { key: 'other', secret: 'other-secret' })).body;
}
