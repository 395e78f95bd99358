import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

function start(...flags: readonly string[]): ReturnType<typeof spawn> {
  return spawn(process.execPath, [MAIN, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
}

async function linesOf(stream: NodeJS.ReadableStream | null): Promise<readonly string[]> {
  const lines: string[] = [];
  if (stream !== null) for await (const line of createInterface({ input: stream })) lines.push(line);
  return lines;
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  'it prints its URL once it listens and ends cleanly on %s',
  async (signal) => {
    const child = start('--port', '0', '--limits', 'off');
    const [line] = await once(createInterface({ input: child.stdout ?? process.stdin }), 'line');
    const url = /http:\/\/127\.0\.0\.1:\d+$/.exec(String(line))?.[0];
    expect((await fetch(`${url}/v5/market/time`)).status).toBe(200);
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([0, null]);
  },
);

test('bad flags are all named in one go, and the exit code is 2', async () => {
  const child = start('--port', '99999', '--seed', 'x', '--limits', 'none', '--colour', '9');
  const [lines, [code]] = await Promise.all([linesOf(child.stderr), once(child, 'exit')]);
  expect(code).toBe(2);
  for (const flag of ['--port', '--seed', '--limits', '--colour']) expect(lines.join('\n')).toContain(flag);
});

test('the accounts file is checked like a request body', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'simulator-'));
  try {
    const file = join(folder, 'accounts.json');
    writeFileSync(file, JSON.stringify({ accounts: [{ name: 'main', apiKey: 'k' }], rooms: 1 }));
    const child = start('--accounts', file);
    const [lines, [code]] = await Promise.all([linesOf(child.stderr), once(child, 'exit')]);
    expect(code).toBe(2);
    expect(lines.join('\n')).toContain('accounts.0.secret');
    expect(lines.join('\n')).toContain('rooms: is unknown');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a scenario file is checked too, and so is whom and what it is about', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'simulator-'));
  try {
    const file = join(folder, 'scenario.json');
    const manual = { kind: 'manual-close', account: 'nobody', symbol: 'NOUSDT' };
    for (const [content, texts] of [
      [{ name: 'x', faults: [{ kind: 'gremlins' }], speed: 2 }, ['faults.0.kind', 'speed: is unknown']],
      [
        { name: 'x', faults: [manual] },
        ['faults.0.account: no account nobody', 'faults.0.symbol: no instrument NOUSDT'],
      ],
    ] as const) {
      writeFileSync(file, JSON.stringify(content));
      const child = start('--scenario', file);
      const [lines, [code]] = await Promise.all([linesOf(child.stderr), once(child, 'exit')]);
      expect(code).toBe(2);
      for (const text of texts) expect(lines.join('\n')).toContain(text);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
