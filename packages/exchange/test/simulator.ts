import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Decimal, format } from '@backstop/core';
import { bybit, type BybitAccount, SocketPool } from '../src/index.ts';
import { watched } from './connect.ts';
import type { Venue } from './trading-session.ts';

const MAIN = fileURLToPath(new URL('../../../services/simulator/src/main.ts', import.meta.url));
const SYMBOL = 'TESTUSDT';

/** The simulator as a process of its own, reached over HTTP like the exchange: this package imports none of it. */
export async function startSimulator(limits: 'real' | 'off' = 'off'): Promise<Venue> {
  const child = spawn(process.execPath, [MAIN, '--port', '0', '--limits', limits], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const baseUrl = await addressOf(child);
  const instrument = { symbol: SYMBOL, tickSize: '0.1', qtyStep: '0.1', minOrderQty: '0.1', price: '100' };
  await post(`${baseUrl}/sim/instruments`, { instruments: [instrument] });

  const pool = new SocketPool({ maxSockets: 4 });
  let serial = 0;
  const open = async (wrong: string): Promise<BybitAccount> => {
    serial += 1;
    const account = `contract-${serial}`;
    const credentials = { apiKey: `key-of-${account}`, secret: `secret-of-${account}` };
    await post(`${baseUrl}/sim/accounts`, { accounts: [{ name: account, ...credentials, balance: '100000' }] });
    const secret = `${credentials.secret}${wrong}`;
    return bybit({ account, credentials: { ...credentials, secret }, baseUrl, hooks: watched(), pool });
  };
  return {
    symbol: SYMBOL,
    openAccount: () => open(''),
    openWithWrongSecret: () => open('!'),
    setPrice: (price: Decimal) => post(`${baseUrl}/sim/price`, { symbol: SYMBOL, price: format(price) }),
    [Symbol.asyncDispose]: async () => {
      pool.close();
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
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

async function post(url: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
}
