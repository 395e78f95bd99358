import { openLog } from '@backstop/runtime';
import { expect, test } from 'vitest';
import { runTask } from '../src/run-task.ts';
import type { TaskDeps } from '../src/tasks/task.ts';

const lines: string[] = [];
const log = openLog({ service: 'test', to: { write: (line) => void lines.push(line) } });
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- these tasks use nothing else
const deps = { log } as TaskDeps;

/** Runs a task that ends its own loop at its `count`-th run, and says when each run began. */
async function runs(
  count: number,
  everyMs: number,
  retryMs: number,
  fails: (run: number) => boolean,
): Promise<readonly number[]> {
  const stop = new AbortController();
  const startedMs: number[] = [];
  const run = async (): Promise<void> => {
    startedMs.push(performance.now());
    if (startedMs.length === count) stop.abort();
    if (fails(startedMs.length)) throw new Error('the exchange is down');
  };
  await runTask({ name: 'a-task', everyMs, run }, deps, { signal: stop.signal, retryMs });
  return startedMs.map((ms) => ms - (startedMs[0] ?? 0));
}

test('a seldom task that fails is tried again soon, and after a success runs at its own pace', async () => {
  const [, second = 0, third = 0] = await runs(3, 400, 20, (run) => run === 1);
  expect(second).toBeLessThan(300);
  expect(third - second).toBeGreaterThanOrEqual(395);
});

test('a failure is told with the name of its task', async () => {
  lines.length = 0;
  await runs(2, 20, 20, (run) => run === 1);
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    expect.objectContaining({ level: 'warn', task: 'a-task', msg: 'task failed' }),
  ]);
});
