import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectRedis, listProcesses } from '@backstop/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEmbedded, type Embedded } from '../support/embedded.ts';
import { isAt, legOf, readTruth, type TruePosition, type Truth } from '../support/truth.ts';

/** How long after a fill everything that follows from it must stand on the exchange: prices are read each 5 s. */
const REACTED_MS = 12_000;

interface Report {
  readonly monitors: number;
  readonly positions: number;
  readonly protected: number;
  readonly unprotectedMs: number;
  readonly setupMs: number | null;
  readonly sweeps: { readonly count: number };
  readonly reactions: { readonly count: number };
  readonly decisions: { readonly count: number; readonly stale: number };
  readonly jobs: { readonly completed: number; readonly failed: number; readonly byWorker: Record<string, number> };
  readonly duplicates: number;
  readonly wrongCancels: number;
}

let folder: string;
let report: Report;
let truth: Truth;
let exitCode: number | null;
let output: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'backstop-e2e-'));
  const file = join(folder, 'report.json');
  await using run = await startEmbedded(['--for', '60s', '--report', file]);
  await run.line(/prices move/);
  await run.line(/TP1 filled/);
  await killWorker(run, 'worker-1');
  truth = await lastTruth(run);
  exitCode = await run.exited;
  output = [...run.lines];
  report = JSON.parse(await readFile(file, 'utf8')) as Report;
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('the main job, with a worker killed in the middle of it', () => {
  test('ends by itself with a report of 30 monitors and 30 positions', () => {
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({ monitors: 30, positions: 30, protected: 30 });
    expect(report.setupMs).toBeGreaterThan(0);
    expect(report.sweeps.count).toBeGreaterThanOrEqual(3);
  });

  test('no position is without a stop for a millisecond', () => {
    expect(report.unprotectedMs).toBe(0);
    expect(truth.positions.filter(({ unprotectedMs }) => unprotectedMs > 0)).toEqual([]);
  });

  test('nothing is sent twice, cancelled wrongly or decided on stale rows', () => {
    expect(report).toMatchObject({ duplicates: 0, wrongCancels: 0 });
    expect(report.decisions.stale).toBe(0);
    expect(report.decisions.count).toBeGreaterThan(100);
  });

  test('two workers share the work, and the killed one comes back', () => {
    expect(Object.keys(report.jobs.byWorker).toSorted()).toEqual(['worker-1', 'worker-2']);
    expect(Math.min(...Object.values(report.jobs.byWorker))).toBeGreaterThan(50);
    expect(output.some((line) => /worker-1 died/.test(line))).toBe(true);
    expect(output.some((line) => /worker-1 runs again/.test(line))).toBe(true);
  });

  test('prices move far enough that take-profits and entries fill and monitors react', () => {
    const legs = truth.executions.map(({ orderLinkId }) => legOf(orderLinkId));

    expect(legs.filter((leg) => leg === 't1').length).toBeGreaterThanOrEqual(3);
    expect(legs.filter((leg) => leg === 'e2' || leg === 'e3').length).toBeGreaterThanOrEqual(1);
    expect(truth.executions.some(({ stopOrderType }) => stopOrderType === 'StopLoss')).toBe(true);
    expect(report.reactions.count).toBeGreaterThan(0);
  });

  test('S-08 S-20 TP1 is followed by a stop at breakeven and by cancelled entries', () => {
    const past = truth.positions.filter((position) => filledMs(position, 't1') < truth.nowMs - REACTED_MS);
    const open = past.filter(({ closedAtMs }) => closedAtMs === undefined);

    expect(past.length).toBeGreaterThanOrEqual(3);
    expect(open.filter((position) => !isAtBreakeven(position))).toEqual([]);
    expect(past.flatMap((position) => restingEntries(position))).toEqual([]);
  });

  test('F-02 after a fill the take-profits add up to the position again', () => {
    const settled = truth.positions.filter(
      (position) => position.closedAtMs === undefined && lastFillMs(position) < truth.nowMs - REACTED_MS,
    );
    const sums = settled.map((position) => ({ position, sum: takeProfitSum(position) }));

    expect(settled.length).toBeGreaterThanOrEqual(3);
    expect(sums.filter(({ position, sum }) => Math.abs(sum - Number(position.size)) > 1e-6)).toEqual([]);
  });
});

async function killWorker(run: Embedded, name: string): Promise<void> {
  const redis = connectRedis(run.redisUrl, 'e2e');
  await redis.connect();
  const worker = (await listProcesses(redis)).find((process) => process.name === name);
  redis.disconnect();
  if (worker === undefined) throw new Error(`no process ${name}`);
  process.kill(worker.pid, 'SIGKILL');
}

/** The newest truth that could be read before the simulator ended. */
async function lastTruth(run: Embedded): Promise<Truth> {
  let last = await readTruth(run.exchangeUrl);
  for (;;) {
    const next = await readTruth(run.exchangeUrl).catch(() => undefined);
    if (next === undefined) return last;
    last = next;
    await run.tick();
  }
}

/** When the position's order of this leg was filled whole; never = infinity. */
function filledMs(position: TruePosition, leg: string): number {
  const filled = truth.orders.find(
    (order) => isAt(position)(order) && legOf(order.orderLinkId) === leg && order.orderStatus === 'Filled',
  );
  return filled?.updatedAtMs ?? Number.POSITIVE_INFINITY;
}

function lastFillMs(position: TruePosition): number {
  return Math.max(...truth.executions.filter(isAt(position)).map(({ atMs }) => atMs));
}

/** On the profit side of the average price: fees are paid, so breakeven is beyond it. */
function isAtBreakeven({ side, stopLoss, avgPrice }: TruePosition): boolean {
  return side === 'Buy' ? Number(stopLoss) > Number(avgPrice) : Number(stopLoss) < Number(avgPrice);
}

function restingEntries(position: TruePosition): readonly object[] {
  return truth.openOrders.filter((order) => isAt(position)(order) && !order.reduceOnly);
}

function takeProfitSum(position: TruePosition): number {
  return truth.openOrders
    .filter((order) => isAt(position)(order) && order.reduceOnly && order.stopOrderType === '')
    .reduce((sum, { leavesQty }) => sum + Number(leavesQty), 0);
}
