import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Decimal, format } from '@backstop/core';
import { bybit, type BybitAccount, type Credentials, SocketPool } from '../src/index.ts';
import { watched } from './connect.ts';
import type { Venue } from './trading-session.ts';

const MAIN = fileURLToPath(new URL('../../../services/simulator/src/main.ts', import.meta.url));
export const SYMBOL = 'TESTUSDT';

/** The simulator as a process of its own, reached over HTTP like the exchange: this package imports none of it. */
export interface SimulatorProcess extends AsyncDisposable {
  readonly baseUrl: string;
  /** Calls a route under /sim; answers its reply. */
  readonly control: (method: 'GET' | 'POST' | 'DELETE', route: string, body?: object) => Promise<unknown>;
  /** An account that has never traded, and what opens it. */
  readonly addAccount: (name: string) => Promise<Credentials>;
}

export async function spawnSimulator(limits: 'real' | 'off' = 'off'): Promise<SimulatorProcess> {
  const child = spawn(process.execPath, [MAIN, '--port', '0', '--limits', limits], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const baseUrl = await addressOf(child);
  const control: SimulatorProcess['control'] = (method, route, body) => call(method, `${baseUrl}/sim/${route}`, body);
  const instrument = { symbol: SYMBOL, tickSize: '0.1', qtyStep: '0.1', minOrderQty: '0.1', price: '100' };
  await control('POST', 'instruments', { instruments: [instrument] });
  return {
    baseUrl,
    control,
    addAccount: async (name) => {
      const credentials = { apiKey: `key-of-${name}`, secret: `secret-of-${name}` };
      await control('POST', 'accounts', { accounts: [{ name, ...credentials, balance: '100000' }] });
      return credentials;
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

/** The simulator as a venue of the contract. */
export async function startSimulator(limits: 'real' | 'off' = 'off'): Promise<Venue> {
  const simulator = await spawnSimulator(limits);
  const { baseUrl } = simulator;
  const pool = new SocketPool({ maxSockets: 4 });
  let serial = 0;
  const open = async (wrong: string): Promise<BybitAccount> => {
    serial += 1;
    const account = `contract-${serial}`;
    const { apiKey, secret } = await simulator.addAccount(account);
    const credentials = { apiKey, secret: `${secret}${wrong}` };
    return bybit({ account, credentials, baseUrl, hooks: watched(), pool });
  };
  return {
    symbol: SYMBOL,
    openAccount: () => open(''),
    openWithWrongSecret: () => open('!'),
    setPrice: async (price: Decimal) => {
      await simulator.control('POST', 'price', { symbol: SYMBOL, price: format(price) });
    },
    [Symbol.asyncDispose]: async () => {
      pool.close();
      await simulator[Symbol.asyncDispose]();
    },
  };
}

/** The address in the simulator's first line. */
async function addressOf({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('the simulator has no output');
  for await (const line of createInterface({ input: stdout })) {
    const url = /https?:\/\/\S+/.exec(line)?.[0];
    if (url !== undefined) return url;
  }
  throw new Error('the simulator ended before it listened');
}

async function call(method: string, url: string, body?: object): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response.json();
}
