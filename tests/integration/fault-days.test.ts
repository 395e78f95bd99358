import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const MAIN = new URL('../faults/main.ts', import.meta.url).pathname;
const run = promisify(execFile);

test('equal seeds give equal days, whatever the faults', async () => {
  const [first, again] = [
    await resultsOf('--seeds', '3', '--fault', 'mixed'),
    await resultsOf('--seeds', '3', '--fault', 'mixed'),
  ];

  expect(first).toHaveLength(3);
  expect(again).toEqual(first);
});

test("a day on which requests go through the SDK's HTTP library is the same as without it", async () => {
  const day = ['--seed', '11', '--fault', 'reply-lost-after+latency'];

  expect(await resultsOf(...day, '--sdk')).toEqual(await resultsOf(...day));
});

test.each(['stream-frozen+socket-cut', 'two-streams+frame-reordered', 'stream-killed+frame-dropped'])(
  'equal seeds give equal days of %s, on which streams tell what happens and come back in sync',
  async (fault) => {
    const [first, again] = [
      await resultsOf('--seed', '3', '--fault', fault),
      await resultsOf('--seed', '3', '--fault', fault),
    ];

    expect(first).toMatchObject([{ hasStream: true, violations: [] }]);
    expect(first).toHaveProperty(
      '0.syncs',
      expect.toSatisfy((count: number) => count > 1),
    );
    expect(again).toEqual(first);
  },
);

test('two of three days of a fault have a stream: they cost less calls, and fills are noticed sooner', async () => {
  const days = await resultsOf('--seeds', '3', '--fault', 'calm');

  expect(days).toMatchObject([{ hasStream: true }, { hasStream: true }, { hasStream: false }]);
  const [streamed, , read] = days.map((day) => perFill(day as Noticed));
  expect(streamed?.reactionMs).toBeLessThan(500);
  expect(read?.reactionMs).toBeGreaterThan(500);
  expect(streamed?.calls).toBeLessThan(read?.calls ?? 0);
});

test.each([
  ['second-recorder', 'conflict'],
  ['fence-lost', 'fenced'],
  ['moved-on', 'movedOn'],
  ['late-landing', 'lateRows'],
])('a day of %s takes the branch that it is led to: %s', async (fault, branch) => {
  const [day] = await resultsOf('--seed', '3', '--fault', fault);

  expect(day).toMatchObject({ violations: [] });
  expect(day).toHaveProperty(
    `branches.${branch}`,
    expect.toSatisfy((count: number) => count > 0),
  );
});

test("a day on a real Redis, which goes by the day's clock, is passed like one on the twin", async () => {
  const [day] = await resultsOf('--seeds', '0', '--redis', '1', '--from', '13', '--fault', 'latency');

  expect(day).toMatchObject({ seed: 13, hasStream: true, violations: [], settledMs: expect.any(Number) as number });
});

test('bad arguments are told all at once, and nothing runs', async () => {
  const refused = run(process.execPath, [MAIN, '--seeds', 'x', '--fault', 'weather+calm', '--jobs', '0']);

  await expect(refused).rejects.toMatchObject({ code: 2, stdout: '' });
  await expect(refused).rejects.toThrow(/--seeds: .*\n--jobs: .*\n--fault: no such fault: weather/s);
});

interface Noticed {
  readonly calls: number;
  readonly fills: number;
  readonly noticed: number;
  readonly reactionMs: number;
}

function perFill({ calls, fills, noticed, reactionMs }: Noticed): Pick<Noticed, 'calls' | 'reactionMs'> {
  return { calls: calls / fills, reactionMs: reactionMs / noticed };
}

async function resultsOf(...args: readonly string[]): Promise<readonly unknown[]> {
  const folder = await mkdtemp(join(tmpdir(), 'backstop-days-'));
  try {
    const report = join(folder, 'report.json');
    await run(process.execPath, [MAIN, ...args, '--jobs', '1', '--report', report]);
    const { results } = JSON.parse(await readFile(report, 'utf8')) as { readonly results: readonly unknown[] };
    return results;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
