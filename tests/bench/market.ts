import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const SIMULATOR = new URL('../../services/simulator/src/main.ts', import.meta.url).pathname;

/** A simulated exchange of any size, without limits or latency; every symbol starts at 100. */
export interface Market extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  readonly accounts: readonly string[];
  readonly symbols: readonly string[];
  readonly accountsFile: string;
}

export async function startMarket(size: { readonly accounts: number; readonly symbols: number }): Promise<Market> {
  const folder = await mkdtemp(join(tmpdir(), 'backstop-market-'));
  const symbols = Array.from({ length: size.symbols }, (_, index) => `COIN${index}USDT`);
  const keys = Array.from({ length: size.accounts }, (_, index) => ({
    name: `account${index}`,
    apiKey: `key-${index}`,
    secret: `secret-${index}`,
  }));
  const accountsFile = join(folder, 'accounts.json');
  await writeFile(accountsFile, JSON.stringify({ accounts: keys }), { mode: 0o600 });
  const setupFile = join(folder, 'setup.json');
  const accounts = keys.map((key) => ({ ...key, balance: '10000000' }));
  const instruments = symbols.map((symbol) => ({ symbol, tickSize: '0.01', qtyStep: '0.1', price: '100' }));
  await writeFile(setupFile, JSON.stringify({ accounts, instruments }));

  const flags = ['--port', '0', '--latency', '0', '--limits', 'off', '--accounts', setupFile];
  const child = spawn(process.execPath, [SIMULATOR, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return {
    url: /http:\/\/\S+/.exec(line)?.[0] ?? '',
    pid: child.pid ?? 0,
    accounts: keys.map(({ name }) => name),
    symbols,
    accountsFile,
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit');
      if (child.exitCode === null && child.kill('SIGTERM')) await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
