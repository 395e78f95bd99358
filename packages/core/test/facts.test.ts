import { expect, test } from 'vitest';
import {
  attribute,
  decimal,
  hasClosedBooks,
  isOutrun,
  needsExecutions,
  protection,
  protectionNow,
} from '../src/index.ts';
import {
  anEntryRow,
  anExecution,
  aPlan,
  aPosition,
  aSnapshot,
  aStopRow,
  aTakeProfitRow,
  executed,
  INSTALLATION,
  ownLinkId,
  PLAN_ID,
  prices,
  START_MS,
} from '../testing/index.ts';

const who = { installation: INSTALLATION, planId: PLAN_ID };
const plan = aPlan();
const open = { position: aPosition(), executed: executed({ e0: '100' }) };

test('F-05 whose order executed decides what a fill is: entries, take-profits, the exit and the position stop', () => {
  expect(whose({ orderLinkId: ownLinkId('e1') })).toEqual(['e1']);
  expect(whose({ orderLinkId: ownLinkId('t2', 40), closedSize: decimal('10') })).toEqual(['t2']);
  expect(whose({ orderLinkId: ownLinkId('x'), closedSize: decimal('10') })).toEqual(['x']);
  expect(whose({ orderLinkId: '', stopOrderType: 'StopLoss', closedSize: decimal('10') })).toEqual(['stop']);
  expect(whose({ orderLinkId: '', createType: 'CreateByTrailingStop', closedSize: decimal('10') })).toEqual([
    'stop-trailing',
  ]);
  expect(whose({ orderLinkId: '', stopOrderType: 'PartialStopLoss', closedSize: decimal('10') })).toEqual([
    'external-out',
  ]);
});

test('S-24 another plan or installation is external, by what it did to the position', () => {
  const foreign = { orderLinkId: `bs-xyz${PLAN_ID}-t1-0-0` };
  expect(attribute(anExecution(foreign), who)).toMatchObject([{ by: 'external-in', qty: decimal('10') }]);
  expect(attribute(anExecution({ ...foreign, closedSize: decimal('10') }), who)).toMatchObject([
    { by: 'external-out' },
  ]);
});

test('S-23 an execution that turns the position round is split, and no unit of value or fee is lost', () => {
  const parts = attribute(anExecution({ orderLinkId: 'manual', closedSize: decimal('3') }), who);
  expect(parts.map(({ by, qty }) => [by, qty])).toEqual([
    ['external-out', decimal('3')],
    ['external-in', decimal('7')],
  ]);
  expect(parts.reduce((total, { value }) => total + value, 0n)).toBe(decimal('1000'));
  expect(parts.reduce((total, { fee }) => total + fee, 0n)).toBe(decimal('0.55'));
});

test('S-27 funding is no fill, and a forced close is a liquidation', () => {
  expect(attribute(anExecution({ execType: 'Funding' }), who)).toEqual([]);
  expect(attribute(anExecution({ execType: 'BustTrade', orderLinkId: '' }), who)).toMatchObject([
    { by: 'liquidation' },
  ]);
  expect(attribute(anExecution({ execType: 'AdlTrade', orderLinkId: '' }), who)).toMatchObject([{ by: 'liquidation' }]);
});

test('S-27 a kind that nobody knows is a fill under an id of ours, and nothing at all under another', () => {
  expect(whose({ execType: 'SomethingNew', orderLinkId: ownLinkId('e1') })).toEqual(['e1']);
  expect(whose({ execType: 'SomethingNew', orderLinkId: 'manual' })).toEqual([]);
});

test('S-19 books are closed when the executions add up to a position that is no older than they are', () => {
  expect(hasClosedBooks(aSnapshot())).toBe(true);
  expect(hasClosedBooks(aSnapshot(open))).toBe(true);
  expect(hasClosedBooks(aSnapshot({ ...open, executionsSeq: 2 }))).toBe(false);
  expect(hasClosedBooks(aSnapshot({ ...open, executed: executed({ e0: '100', t1: '85' }) }))).toBe(false);
  const sums = executed({
    e0: '100',
    'external-in': '20',
    t1: '5',
    stop: '5',
    x: '5',
    liquidation: '3',
    'external-out': '2',
  });
  expect(hasClosedBooks(aSnapshot({ position: aPosition(), executed: sums }))).toBe(true);
});

test('executions are needed when the rows know of a fill, and not in a quiet state', () => {
  const quiet = aSnapshot({ ...open, orders: [aStopRow(), aTakeProfitRow('t1', '85', '110')] });
  expect(needsExecutions(quiet, plan)).toBe(false);
  expect(needsExecutions({ ...quiet, executionsSeq: 7 }, plan)).toBe(true);
  expect(needsExecutions({ ...quiet, position: aPosition({ seq: 2 }) }, plan)).toBe(false);
  const reopened = { ...quiet, position: aPosition({ openTimeMs: 2_000 }) };
  expect(needsExecutions(reopened, plan, { tpSl: { openTimeMs: 1_000 } })).toBe(true);
  expect(needsExecutions(reopened, plan, { tpSl: { openTimeMs: 2_000 } })).toBe(false);
  const partly = aTakeProfitRow('t1', '85', '110', { cumExecQty: decimal('5') });
  expect(needsExecutions({ ...quiet, orders: [partly] }, plan)).toBe(true);
});

test('executions are needed when an order vanished that worked at the last look', () => {
  const quiet = aSnapshot({ ...open, orders: [aTakeProfitRow('t1', '85', '110')] });
  expect(needsExecutions(quiet, plan, { tpSl: { placed: { t1: 0 } } })).toBe(false);
  expect(needsExecutions(quiet, plan, { tpSl: { placed: { t1: 0, t2: 0 } } })).toBe(true);
  expect(needsExecutions(quiet, plan, { limitOrder: { placed: { e1: 0 } } })).toBe(true);
});

test('rows are outrun when newer prices stand at or beyond what they show working', () => {
  const rows = aSnapshot({ ...open, orders: [aStopRow(), anEntryRow('e1', '100', '95')] });
  const newer = START_MS + 1;
  expect(isOutrun({ ...rows, prices: prices('95', newer) }, plan)).toBe(true);
  expect(isOutrun({ ...rows, prices: prices('95', START_MS) }, plan)).toBe(false);
  expect(isOutrun({ ...rows, prices: prices('96', newer) }, plan)).toBe(false);
  expect(isOutrun({ ...rows, orders: [aStopRow()], prices: prices('90', newer) }, plan)).toBe(true);
  expect(isOutrun({ ...rows, prices: undefined }, plan)).toBe(false);
});

test('rows are outrun when they show less executed than their leg is known to have', () => {
  const sums = executed({ e0: '100', t1: '5' });
  const rows = aSnapshot({ position: aPosition({ size: decimal('95') }), executed: sums });
  expect(isOutrun({ ...rows, orders: [aTakeProfitRow('t1', '85', '110')] }, plan)).toBe(true);
  const current = aTakeProfitRow('t1', '85', '110', { cumExecQty: decimal('5') });
  expect(isOutrun({ ...rows, orders: [current] }, plan)).toBe(false);
});

test('S-05 protected means both rows, armed, right level, source and direction, and the whole size', () => {
  const covered = aSnapshot({ ...open, orders: [aStopRow()] });
  expect(protection(covered, plan)).toBe('protected');
  expect(protection(aSnapshot(), plan)).toBe('flat');
  const wrong = [
    { ...covered, orders: [] },
    { ...covered, position: aPosition({ stopLoss: undefined }) },
    { ...covered, position: aPosition({ stopLoss: decimal('89') }) },
    { ...covered, orders: [aStopRow({ triggerPrice: decimal('91') })] },
    { ...covered, orders: [aStopRow({ triggerBy: 'MarkPrice' })] },
    { ...covered, orders: [aStopRow({ side: 'Buy' })] },
    { ...covered, orders: [aStopRow({ qty: decimal('99.9') })] },
    { ...covered, orders: [aStopRow({ status: 'Deactivated' })] },
    { ...covered, orders: [aStopRow({ status: 'Triggered' })], ordersAtMs: START_MS + 1_001 },
  ];
  for (const snapshot of wrong) expect(protection(snapshot, plan)).toHaveProperty('missing');
  expect(protection({ ...covered, orders: [aStopRow({ status: 'Triggered' })] }, plan)).toBe('protected');
});

test('S-05 protected is by the stop that is wanted now: past its take-profit the planned one covers nothing any more', () => {
  const stepped = aPlan({
    stopLoss: { triggerPrice: decimal('90'), triggerBy: 'LastPrice', steps: { ifThrough: 'keep' } },
  });
  const at = (level: string, size: string, sums: Readonly<Record<string, string>>) => {
    const position = aPosition({ size: decimal(size), stopLoss: decimal(level) });
    const orders = [aStopRow({ qty: decimal(size), triggerPrice: decimal(level) })];
    const snapshot = aSnapshot({ position, orders, executed: executed(sums), prices: prices('118') });
    return protectionNow(snapshot, stepped, { tpSl: undefined, limitOrder: undefined, nowMs: START_MS });
  };
  const looser = { missing: 'the stop is looser than wanted' };
  expect(at('90', '100', { e0: '100' })).toBe('protected');
  expect(at('89', '100', { e0: '100' })).toEqual({ missing: "the stop is looser than the plan's" });
  expect(at('90', '15', { e0: '100', t1: '85' })).toEqual(looser);
  expect(at('100.12', '15', { e0: '100', t1: '85' })).toBe('protected');
  expect(at('100.12', '10', { e0: '100', t1: '85', t2: '5' })).toEqual(looser);
  expect(at('110', '10', { e0: '100', t1: '85', t2: '5' })).toBe('protected');
});

test('F-16 a stop for less than the position is not protection, whatever the plan once ordered', () => {
  const grown = aSnapshot({
    position: aPosition({ size: decimal('200') }),
    orders: [aStopRow({ qty: decimal('100') })],
  });
  expect(protection(grown, plan)).toEqual({ missing: 'the stop order is smaller than the position' });
});

function whose(overrides: Parameters<typeof anExecution>[0]): readonly string[] {
  return attribute(anExecution(overrides), who).map((part) => part.by);
}
