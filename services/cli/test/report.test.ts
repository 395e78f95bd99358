import fc from 'fast-check';
import { expect, test } from 'vitest';
import { percentile } from '../src/up/percentile.ts';
import { buildReport } from '../src/up/report.ts';
import { reportTable } from '../src/up/report-table.ts';
import { requestSamples } from '../src/up/request-samples.ts';
import type { TruePosition, Truth } from '../src/up/simulator-client.ts';

function truth(requests: number): Truth {
  return {
    totals: { positions: 30, openNow: 20, protectedNow: 20, unprotectedMs: 12, throughMs: 3 },
    positions: Array.from({ length: 30 }, (_, index) => position(index < 20 ? 0 : 5)),
    openOrders: [],
    executions: [],
    requests: [
      { account: 'main', endpoint: 'order/create', outcome: 'ok', count: requests },
      { account: 'mirror', endpoint: 'order/create', outcome: '10006', count: 1 },
      { account: 'mirror', endpoint: 'position/list', outcome: 'ok', count: 2 },
    ],
    rateLimited: 1,
    duplicates: [{}],
    wrongCancels: [{}, {}],
    reactions: [{ ms: 30 }, { ms: 10 }, { ms: 20 }],
  };
}

function position(unprotectedMs: number): TruePosition {
  const slot = { account: 'main', symbol: 'SOLUSDT', positionIdx: 0 };
  return { ...slot, side: 'Buy', size: '1', stopLoss: '95', unprotectedNow: false, unprotectedMs };
}

function report(): ReturnType<typeof buildReport> {
  const samples = requestSamples();
  for (const [atMs, requests] of [
    [1_000, 0],
    [2_000, 50],
    [3_000, 60],
    [16_000, 70],
    [17_000, 74],
  ] as const) {
    samples.add(atMs, truth(requests));
  }
  return buildReport({
    monitors: 30,
    setupMs: 9_000,
    truth: truth(100),
    tally: {
      look: () => Promise.resolve(),
      total: (counter) => ({ decisions: 40, staleDecisions: 0, jobsCompleted: 500, jobsFailed: 1 })[counter] ?? 0,
      jobsByWorker: () => ({ 'worker-1': 240, 'worker-2': 260 }),
    },
    samples,
    rounds: [
      { openedAtMs: 1_100, closedAtMs: 1_900, durationMs: 800, monitors: 30, calls: 0, complete: true },
      { openedAtMs: 16_100, closedAtMs: 16_200, durationMs: 100, monitors: 30, calls: 0, complete: true },
    ],
    cache: { fresh: 80, patched: 10, dirty: 4, expired: 5, missed: 1 },
  });
}

test('the report has exactly the agreed shape', () => {
  expect(report()).toEqual({
    monitors: 30,
    positions: 30,
    protected: 20,
    unprotectedMs: 12,
    throughMs: 3,
    setupMs: 9_000,
    sweeps: { count: 2, firstMs: 800, p50Ms: 100, p99Ms: 800 },
    exchange: {
      requests: 103,
      byEndpoint: { 'order/create': 101, 'position/list': 2 },
      perSweepCold: 50,
      perSweepWarm: 4,
      rateLimited: 1,
    },
    cache: { fresh: 80, patched: 10, expired: 9, missed: 1, hitRate: 0.9 },
    reactions: { count: 3, p50Ms: 20, p99Ms: 30 },
    decisions: { count: 40, stale: 0 },
    jobs: { completed: 500, failed: 1, byWorker: { 'worker-1': 240, 'worker-2': 260 } },
    duplicates: 1,
    wrongCancels: 2,
  });
});

test('the table shows what the report says', () => {
  const text = reportTable(report());
  for (const fact of [
    '30 opened, 20 of them protected all the time',
    '12 ms',
    '9000 ms',
    '90.0 % hits',
    'worker-1 240, worker-2 260',
  ]) {
    expect(text).toContain(fact);
  }
});

test('a percentile is one of the values, and no smaller share of them lies below it', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { minLength: 1 }), fc.double({ min: 0.01, max: 1, noNaN: true }), (values, p) => {
      const value = percentile(values, p);
      expect(values).toContain(value);
      expect(values.filter((other) => other <= value).length / values.length).toBeGreaterThanOrEqual(p - 1e-9);
    }),
  );
  expect(percentile([], 0.5)).toBe(0);
});
