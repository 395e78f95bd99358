import { decimal } from '@backstop/core';
import type { Plan } from '@backstop/core';
import { expect, test } from 'vitest';
import { isSetUp } from '../src/up/is-set-up.ts';
import { liveView } from '../src/up/live-view.ts';
import type { TrueExecution, TrueOrder, TruePosition, Truth } from '../src/up/simulator-client.ts';
import { statusLine } from '../src/up/status-line.ts';

const slot = { account: 'main', symbol: 'SOLUSDT', positionIdx: 0 };

const plan: Plan = {
  ...slot,
  id: 'aaaaaaaaaaaa',
  positionIdx: 0,
  side: 'Buy',
  entries: [
    { leg: 'e1', type: 'Market', qty: decimal('1') },
    { leg: 'e2', type: 'Limit', qty: decimal('1'), price: decimal('98') },
  ],
  takeProfits: [
    { leg: 't1', price: decimal('104'), share: decimal('0.6') },
    { leg: 't2', price: decimal('108'), share: decimal('0.4') },
  ],
  stopLoss: { triggerPrice: decimal('95'), triggerBy: 'LastPrice' },
  marketEntryDeadlineMs: 0,
  takerFeeRate: 0n,
  createdAtMs: 0,
  restoreEpoch: 0,
};

function order(leg: string, leavesQty: string, change: Partial<TrueOrder> = {}): TrueOrder {
  const reduceOnly = leg.startsWith('t');
  return {
    ...slot,
    orderId: leg,
    orderLinkId: `bs-abcaaaaaaaaaaaa-${leg}-0-0`,
    side: reduceOnly ? 'Sell' : 'Buy',
    orderType: 'Limit',
    stopOrderType: '',
    reduceOnly,
    orderStatus: 'New',
    price: '0',
    leavesQty,
    triggerPrice: '',
    ...change,
  };
}

function fill(leg: string, execQty: string, change: Partial<TrueExecution> = {}): TrueExecution {
  return {
    ...slot,
    execId: `${leg}-${execQty}`,
    orderLinkId: leg === '' ? '' : `bs-abcaaaaaaaaaaaa-${leg}-0-0`,
    side: leg.startsWith('e') ? 'Buy' : 'Sell',
    stopOrderType: '',
    execQty,
    execPrice: '100',
    closedSize: leg.startsWith('e') ? '0' : execQty,
    ...change,
  };
}

const open: TruePosition = { ...slot, side: 'Buy', size: '1', stopLoss: '95', unprotectedNow: false, unprotectedMs: 0 };

function truth(change: Partial<Truth>): Truth {
  return {
    totals: { positions: 1, openNow: 1, protectedNow: 1, unprotectedMs: 0, throughMs: 0 },
    positions: [open],
    openOrders: [],
    executions: [],
    requests: [{ account: 'main', endpoint: 'order/create', outcome: 'ok', count: 7 }],
    rateLimited: 0,
    duplicates: [],
    wrongCancels: [],
    reactions: [],
    ...change,
  };
}

const LADDER = [order('e2', '1'), order('t1', '0.6'), order('t2', '0.4')];
const STOP = order('', '1', { orderLinkId: '', reduceOnly: true, stopOrderType: 'StopLoss', side: 'Sell' });

test('a plan is set up when stop, take-profits for the whole size and entries stand', () => {
  expect(isSetUp(plan, truth({ openOrders: [...LADDER, STOP] }))).toBe(true);
});

test.each([
  ['nothing is open yet', { positions: [] }],
  ['the position has no stop', { positions: [{ ...open, unprotectedNow: true }] }],
  ['a take-profit is missing', { openOrders: [order('e2', '1'), order('t1', '0.6'), STOP] }],
  ['the entry is missing', { openOrders: [order('t1', '0.6'), order('t2', '0.4'), STOP] }],
  ['the orders are those of another account', { openOrders: LADDER.map((row) => ({ ...row, account: 'mirror' })) }],
])('a plan is not set up while %s', (_name, change: Partial<Truth>) => {
  expect(isSetUp(plan, truth({ openOrders: [...LADDER, STOP], ...change }))).toBe(false);
});

test('a position that has come and gone was set up', () => {
  expect(isSetUp(plan, truth({ positions: [{ ...open, size: '0', closedAtMs: 5 }] }))).toBe(true);
});

test('each fact is told once, in the words of a trader', () => {
  const view = liveView([plan]);
  const bought = truth({ executions: [fill('e1', '1')], openOrders: [order('e2', '1'), STOP] });
  expect(view.lines(bought)).toEqual([
    'main SOLUSDT Buy           bought 1 at 100 · stop verified at 95 · entry ladder resting (1)',
  ]);
  expect(view.lines(bought)).toEqual([]);

  const resting = truth({ executions: [fill('e1', '1')], openOrders: [...LADDER, STOP] });
  expect(view.lines(resting)).toEqual(['main SOLUSDT Buy           take-profits resting (2)']);

  const scaledOut = truth({
    executions: [fill('e1', '1'), fill('t1', '0.4'), fill('t1', '0.2')],
    positions: [{ ...open, size: '0.4', stopLoss: '100.2' }],
    openOrders: [order('t2', '0.4'), STOP],
  });
  expect(view.lines(scaledOut)).toEqual([
    'main SOLUSDT Buy           TP1 filled 0.6 at 100 · stop moved to 100.2 · no entries left',
  ]);

  const stopped = truth({
    executions: [...scaledOut.executions, fill('', '0.4', { execId: 'stop', stopOrderType: 'StopLoss' })],
    positions: [{ ...open, size: '0', closedAtMs: 9 }],
  });
  expect(view.lines(stopped)).toEqual(['main SOLUSDT Buy           stopped out 0.4 at 100 · flat']);
});

test('what somebody else did is told as such', () => {
  const [line] = liveView([plan]).lines(truth({ executions: [fill('', '1', { side: 'Buy', closedSize: '0' })] }));
  expect(line).toContain('opened by somebody else 1 at 100');
});

test('the status line counts first take-profits, limit entries and stops', () => {
  const executions = [
    fill('e1', '1'),
    fill('e2', '1'),
    fill('t1', '1'),
    fill('t2', '1'),
    fill('', '1', { stopOrderType: 'StopLoss' }),
  ];
  expect(statusLine(truth({ executions }))).toBe(
    '1 open, 1 protected · TP1 1 · entries 1 · stops 1 · unprotected 0 ms · 7 requests',
  );
});
