import { ExchangeError } from '@backstop/core';
import type { Audited } from '@backstop/desk';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { auditRows } from '../src/audit-rows.ts';
import { LastFrames } from '../src/last-frames.ts';

const DRIFTED = { kind: 'positions', symbol: 'BTCUSDT', positionIdx: 0 } as const;

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(0.5); // no jitter
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Audits whose reads end at once with what the test has put there. */
function anAudit() {
  const made: string[] = [];
  const drift: string[] = [];
  const told: string[] = [];
  const found = { next: [] as Audited, fails: false, isUnreadable: false, isJoining: false };
  const refused: { error?: ExchangeError | undefined } = {};
  const stop = new AbortController();
  const lastFrames = new LastFrames();
  const tell = (level: string) => (_fields: object, message: string) => void told.push(`${level} ${message}`);
  const read = (what: string) => async (): Promise<Audited> => {
    made.push(what);
    if (refused.error !== undefined) throw refused.error;
    if (found.fails) throw new Error('http 500');
    if (found.isUnreadable && what !== 'symbols') throw new ExchangeError('rejected', 'ALICEUSDT size: no number');
    const { next } = found;
    found.next = [];
    return next;
  };
  const ended = auditRows(stop.signal, {
    account: 'main',
    positions: read('positions'),
    whole: read('whole'),
    symbols: read('symbols'),
    executions: read('executions'),
    lastFrames,
    drifted: ({ symbol }) => void drift.push(symbol),
    log: { info: tell('info'), warn: tell('warn'), error: tell('error') },
    isJoining: () => found.isJoining,
  });
  return { made, told, drift, found, refused, stop, lastFrames, ended };
}

async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}

test('all is compared 3 s after it was read, then positions each 15 s and orders each 30 s; once proven orders each 120 s', async () => {
  const { made, stop, ended } = anAudit();
  await pass(2_999);
  expect(made).toEqual([]);
  await pass(1);
  expect(made).toEqual(['whole']); // lists may have been behind at first
  for (let nth = 1; nth <= 20; nth += 1) await pass(15_000);
  const often = ['positions', 'whole', 'positions', 'whole', 'positions', 'whole', 'positions', 'whole'];
  const seldom = [...Array.from({ length: 7 }, () => 'positions'), 'whole'];
  expect(made).toEqual([
    'whole',
    ...often,
    ...seldom,
    'positions',
    'positions',
    'positions',
    'executions',
    'positions',
  ]);

  stop.abort();
  await ended;
});

test('a difference that no frame explains within a second is drift, and the orders are looked at often again', async () => {
  const { made, drift, found, stop, ended } = anAudit();
  await pass(3_000 + 8 * 15_000); // proven: the next one of orders would be the sixteenth
  found.next = [DRIFTED];
  await pass(16_000);
  expect(drift).toEqual(['BTCUSDT']);
  const before = made.length;
  await pass(3 * 15_000);
  expect(made.slice(before)).toEqual(['whole', 'positions', 'whole']);
  stop.abort();
  await ended;
});

test('where a frame for that place comes within the second it was only late; one of another place explains nothing', async () => {
  const { drift, found, lastFrames, made, stop, ended } = anAudit();
  found.next = [DRIFTED, { ...DRIFTED, symbol: 'ETHUSDT' }];
  while (made.length === 0) await pass(10);
  await pass(500);
  lastFrames.note([{ topic: 'position', rows: [aRow('BTCUSDT')], createdMs: 1, unreadable: [] }]);
  await pass(600);
  expect(drift).toEqual(['ETHUSDT']);
  stop.abort();
  await ended;
});

test('an audit that fails or is not made is made again soon', async () => {
  const { made, found, stop, ended } = anAudit();
  found.fails = true;
  while (made.length === 0) await pass(10);
  await pass(2_300);
  expect(made).toEqual(['whole', 'whole']);
  found.fails = false;
  found.next = undefined; // somebody else was reading
  await pass(4_600);
  expect(made).toEqual(['whole', 'whole', 'whole', 'whole']);
  await pass(5_000);
  expect(made).toHaveLength(4);
  stop.abort();
  await ended;
});

test('an audit that there is no budget for is put off for a period, and nobody is warned', async () => {
  const { made, told, refused, stop, ended } = anAudit();
  refused.error = new ExchangeError('not-sent', 'no budget', { retryAfterMs: 100 });
  await pass(3_000 + 14_999);
  expect(made).toEqual(['whole']);
  expect(told).toEqual(['info audit put off']);
  refused.error = undefined;
  await pass(1);
  expect(made).toEqual(['whole', 'whole']); // orders are compared too, though a period later
  await pass(15_000);
  expect(made).toEqual(['whole', 'whole', 'positions']);
  stop.abort();
  await ended;
});

test('the first audit waits while accounts are read to get in sync, but no longer than a period', async () => {
  const { made, found, stop, ended } = anAudit();
  found.isJoining = true;
  await pass(6_000);
  found.isJoining = false;
  await pass(2_999);
  expect(made).toEqual([]);
  await pass(1);
  expect(made).toEqual(['whole']);
  stop.abort();
  await ended;

  const other = anAudit();
  other.found.isJoining = true;
  await pass(14_999);
  expect(other.made).toEqual([]);
  await pass(15_001);
  expect(other.made).toEqual(['whole', 'positions']);
  other.stop.abort();
  await other.ended;
});

test('F-34 a listing that cannot be read is asked for again no sooner than any, and the symbols are read each 30 s instead', async () => {
  const { made, found, stop, ended } = anAudit();
  await pass(3_000 + 8 * 15_000); // proven
  found.isUnreadable = true;
  const before = made.length;
  await pass(15_000 * 8);
  const each30s = ['positions', 'whole', 'symbols'];
  expect(made.slice(before)).toEqual([...each30s, ...each30s, ...each30s, ...each30s]);
  stop.abort();
  await ended;
});

function aRow(symbol: string) {
  return {
    symbol,
    positionIdx: 0,
    side: 'Buy',
    size: 1n,
    averagePrice: 1n,
    stopLoss: undefined,
    liqPrice: undefined,
    status: 'Normal',
    seq: 1,
    createdTimeMs: 1,
    updatedTimeMs: 1,
  } as const;
}
