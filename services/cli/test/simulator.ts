import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

const MAIN = new URL('../../simulator/src/main.ts', import.meta.url).pathname;

export interface Simulator extends AsyncDisposable {
  readonly url: string;
  /** A request under /sim; the JSON that comes back. Rejects when it is refused. */
  sim: (method: string, path: string, body?: object) => Promise<unknown>;
}

/** A simulated exchange in a process of its own, with the limits of the real one. `setup` is there again after a reset. */
export async function startSimulator(setup: object): Promise<Simulator> {
  const dir = await mkdtemp(path.join(tmpdir(), 'simulator-'));
  const file = path.join(dir, 'setup.json');
  await writeFile(file, JSON.stringify(setup));
  const child = spawn(process.execPath, [MAIN, '--port', '0', '--accounts', file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line]: unknown[] = await once(createInterface({ input: child.stdout }), 'line');
  const url = /http:\/\/\S+/.exec(String(line))?.[0] ?? '';
  return {
    url,
    sim: async (method, at, body) => {
      const response = await fetch(`${url}/sim/${at}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!response.ok) throw new Error(`${method} ${at}: ${await response.text()}`);
      return response.json();
    },
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit');
      if (child.exitCode === null && child.kill('SIGTERM')) await ended;
      await rm(dir, { recursive: true, force: true });
    },
  };
}
