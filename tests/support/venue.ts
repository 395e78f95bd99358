import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { readTruth, type Truth } from './truth.ts';

const MAIN = new URL('../../services/simulator/src/main.ts', import.meta.url).pathname;

/** A fault of the exchange, as `POST /sim/faults` takes it. */
interface Fault {
  readonly kind: string;
  readonly account?: string;
  /** The end of a path: `order/create`. */
  readonly endpoint?: string;
  readonly count?: number;
  readonly ms?: number;
}

/** An order of a manual trader on one of the accounts. */
interface ManualOrder {
  readonly account: string;
  readonly symbol: string;
  readonly side: 'Buy' | 'Sell';
  readonly qty: string;
  readonly orderType: 'Market' | 'Limit';
  readonly price?: string;
  readonly reduceOnly?: boolean;
  readonly positionIdx?: number;
}

/** The simulator as a process of its own, with accounts and instruments that are there again after a reset. */
export interface Venue extends AsyncDisposable {
  readonly url: string;
  readonly accounts: readonly { readonly name: string; readonly apiKey: string; readonly secret: string }[];
  /** Credentials of all accounts, for processes. */
  readonly accountsFile: string;
  readonly truth: () => Promise<Truth>;
  /** Moves last, mark and index price together, or the last price alone while `mark` says where the mark price is. */
  readonly price: (symbol: string, last: string, mark?: string) => Promise<void>;
  readonly fault: (...faults: readonly Fault[]) => Promise<void>;
  /** How often each fault has struck, in the order in which they were posted. */
  readonly hits: () => Promise<readonly number[]>;
  readonly clearFaults: () => Promise<void>;
  readonly trade: (order: ManualOrder) => Promise<void>;
  readonly cancel: (order: { account: string; symbol: string; orderLinkId: string }) => Promise<void>;
  readonly options: (options: object) => Promise<void>;
  /** Everything as it was at the start. */
  readonly reset: () => Promise<void>;
}

export interface VenueOptions {
  readonly accounts?: readonly string[];
  readonly limits?: 'real' | 'off';
  /** 0 = any free one. */
  readonly port?: number;
}

/** Symbols of every venue; all start at 100, with a tick of 0.01 and a step of 0.1. */
export const SYMBOLS: readonly string[] = Array.from({ length: 12 }, (_, index) => `COIN${index}USDT`);

export async function startVenue(options: VenueOptions = {}): Promise<Venue> {
  const { accounts: names = ['main', 'other'], limits = 'off', port = 0 } = options;
  const folder = await mkdtemp(join(tmpdir(), 'backstop-venue-'));
  const accounts = names.map((name) => ({ name, apiKey: `key-${name}`, secret: `secret-${name}` }));
  const instruments = SYMBOLS.map((symbol) => ({ symbol, tickSize: '0.01', qtyStep: '0.1', price: '100' }));
  const setupFile = join(folder, 'setup.json');
  await writeFile(setupFile, JSON.stringify({ accounts, instruments }));
  const accountsFile = join(folder, 'accounts.json');
  await writeFile(accountsFile, JSON.stringify({ accounts }), { mode: 0o600 });

  const flags = ['--port', `${port}`, '--latency', '0', '--seed', '7', '--limits', limits, '--accounts', setupFile];
  const child = spawn(process.execPath, [MAIN, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const url = /http:\/\/\S+/.exec(line)?.[0] ?? '';
  const control = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${url}/sim/${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${text}`);
    return JSON.parse(text);
  };
  const post = async (path: string, body: object): Promise<void> => void (await control('POST', path, body));
  return {
    url,
    accounts,
    accountsFile,
    truth: () => readTruth(url),
    price: (symbol, last, mark = last) => post('price', { symbol, price: last, mark, index: mark }),
    fault: (...faults) => post('faults', { faults }),
    hits: async () => {
      const { faults } = (await control('GET', 'faults')) as { faults: readonly { hits: number }[] };
      return faults.map(({ hits }) => hits);
    },
    clearFaults: async () => void (await control('DELETE', 'faults')),
    trade: ({ account, symbol, side, qty, orderType, ...rest }) => {
      const { price, reduceOnly = false, positionIdx = 0 } = rest;
      const place = { account, symbol, positionIdx };
      return post('orders', { ...place, side, qty, orderType, reduceOnly, ...(price !== undefined && { price }) });
    },
    cancel: ({ account, symbol, orderLinkId }) => post('orders/cancel', { account, symbol, orderLinkId }),
    options: (changed) => post('options', changed),
    reset: () => post('reset', {}),
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit');
      if (child.exitCode === null && child.kill('SIGTERM')) await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
