import { expect, test } from 'vitest';
import type { LogLine } from '../support/coherence-lines.ts';
import { staleDecisions } from '../support/stale-decisions.ts';

const PLACE = { account: 'main', symbol: 'BTCUSDT', positionIdx: 0 } as const;
/** When the rows of a decision were read from the exchange, and when the decision read them from the cache, Redis time. */
const STARTED_MS = 1_000;
const DECIDED_MS = 2_000;
const BEFORE = { nowMs: DECIDED_MS - 1 } as const;

const POSITION = { startMs: STARTED_MS, seq: 7, updatedTimeMs: 500 } as const;
const UNLISTED = { startMs: STARTED_MS } as const;
const ORDERS = { startMs: STARTED_MS, held: [['o-1', 500, '0.5']] } as const;

function decision(part: object = {}): LogLine {
  const rows = { position: POSITION, orders: ORDERS };
  return { msg: 'facts decided on', ...PLACE, monitorId: 'm1', lane: 'tp-sl', ...rows, nowMs: DECIDED_MS, ...part };
}

function positionFrame(part: object = {}): LogLine {
  const version = { seq: 8, updatedTimeMs: 600, createdMs: 1_990 };
  return { msg: 'row received', ...PLACE, kind: 'position', ...version, ...BEFORE, ...part };
}

function orderFrame(part: object = {}): LogLine {
  const version = { orderId: 'o-1', updatedTimeMs: 600, cumExecQty: '0.5', status: 'New' };
  return { msg: 'row received', ...PLACE, kind: 'orders', ...version, ...BEFORE, ...part };
}

function landed(part: object = {}): LogLine {
  const { account } = PLACE;
  return { msg: 'read landed', account, scope: 'account', kind: 'position', startMs: 1_500, ...BEFORE, ...part };
}

function kindsOf(...lines: readonly LogLine[]): readonly string[] {
  return staleDecisions(lines).stale.map(({ kind }) => kind);
}

test.each([
  ['a read of the account that began later', landed(), 'position'],
  ['a read of the account that began later', landed({ kind: 'orders' }), 'orders'],
  ['a read of its symbol that began later', landed({ ...PLACE, kind: 'orders' }), 'orders'],
  ['a frame after a later fill', positionFrame(), 'position'],
  ['a frame after a change without a fill', positionFrame({ seq: 7, updatedTimeMs: 501 }), 'position'],
  ['a frame after an amendment of an order', orderFrame({ updatedTimeMs: 501 }), 'orders'],
  ['a frame after a part of an order was filled', orderFrame({ updatedTimeMs: 500, cumExecQty: '0.6' }), 'orders'],
  ['a frame of the end of an order that the row holds', orderFrame({ status: 'Filled' }), 'orders'],
  ['a frame of an order that the row does not hold', orderFrame({ orderId: 'o-2' }), 'orders'],
])('a decision is stale after %s', (_why, receipt, kind) => {
  expect(kindsOf(receipt, decision())).toEqual([kind]);
});

test.each([
  ['began no later', landed({ startMs: STARTED_MS })],
  ['was of another account', landed({ account: 'other' })],
  ['was of another symbol', landed({ ...PLACE, symbol: 'ETHUSDT' })],
  ['was of another side of the position', positionFrame({ positionIdx: 1 })],
  ['told the same version of the position', positionFrame({ seq: 7, updatedTimeMs: 500 })],
  ['told an older version of the position', positionFrame({ seq: 6, updatedTimeMs: 900 })],
  ['told the same version of the order', orderFrame({ updatedTimeMs: 500 })],
  ['told an older version of the order', orderFrame({ updatedTimeMs: 499, cumExecQty: '9' })],
  ['told of another order before the read', orderFrame({ orderId: 'o-2', nowMs: STARTED_MS })],
  ['told the end of an order that is gone', orderFrame({ orderId: 'o-2', status: 'Cancelled' })],
])('a decision is not stale where what was received %s', (_why, receipt) => {
  expect(kindsOf(receipt, decision())).toEqual([]);
});

test('what was received in the millisecond of the decision, or after it, does not count', () => {
  for (const nowMs of [DECIDED_MS, DECIDED_MS + 1]) {
    const ended = orderFrame({ status: 'Filled', nowMs });
    const receipts = [landed({ nowMs }), positionFrame({ nowMs }), orderFrame({ nowMs }), ended];
    const same = orderFrame({ updatedTimeMs: 500, nowMs: DECIDED_MS - 1 });
    expect(kindsOf(same, ...receipts, decision())).toEqual([]);
  }
});

test('a flat row that no listing contained is stale after a frame that was made and received since it was read', () => {
  const unlisted = decision({ position: UNLISTED });
  expect(kindsOf(positionFrame(), unlisted)).toEqual(['position']);
  expect(kindsOf(positionFrame({ createdMs: STARTED_MS }), unlisted)).toEqual([]); // late: the read was made after it
  expect(kindsOf(positionFrame({ nowMs: STARTED_MS }), unlisted)).toEqual([]);
});

test('an order that ended is missed by nobody, also where its frames came out of order or in the millisecond of the decision', () => {
  const opened = orderFrame({ orderId: 'o-2', nowMs: 1_100 });
  const ended = orderFrame({ orderId: 'o-2', updatedTimeMs: 700, status: 'Filled', nowMs: 1_050 });
  expect(kindsOf(opened, decision())).toEqual(['orders']);
  expect(kindsOf(opened, ended, decision())).toEqual([]);
  expect(kindsOf(opened, { ...ended, nowMs: DECIDED_MS }, decision())).toEqual([]);
  expect(kindsOf(opened, { ...ended, nowMs: DECIDED_MS + 1 }, decision())).toEqual(['orders']);
});

test('an order that ended is over, whatever newer version of it the row holds', () => {
  const held = decision({ orders: { ...ORDERS, held: [['o-1', 900, '0.5']] } });
  const ended = orderFrame({ status: 'Filled' });
  expect(kindsOf(ended, held)).toEqual(['orders']);
  expect(kindsOf(ended, { ...ended, nowMs: DECIDED_MS }, held)).toEqual(['orders']); // told once more
});

test('an older frame that came late does not hide a newer one, nor does an older read', () => {
  const frames = [positionFrame({ seq: 9, nowMs: 1_100 }), positionFrame({ seq: 6, nowMs: 1_200 })];
  const orders = [orderFrame({ updatedTimeMs: 900, nowMs: 1_100 }), orderFrame({ updatedTimeMs: 100, nowMs: 1_200 })];
  const reads = [landed({ startMs: 1_050, nowMs: 1_100 }), landed({ startMs: 900, nowMs: 1_200 })];
  expect(kindsOf(...frames, decision())).toEqual(['position']);
  expect(kindsOf(...orders, decision())).toEqual(['orders']);
  expect(kindsOf(...reads, decision())).toEqual(['position']);
});

test('lines count whatever their order, every decision is judged, and other lines are left alone', () => {
  const other = { level: 'info', msg: 'monitor decided', ...PLACE };
  const late = decision({ nowMs: DECIDED_MS + 5 });
  const fresh = decision({ position: { ...POSITION, seq: 8, updatedTimeMs: 600 }, lane: 'limit-order' });
  const all = staleDecisions([late, other, decision(), landed({ startMs: 900 }), fresh, positionFrame()]);
  expect(all).toMatchObject({ decisions: 3, received: 1, landed: 1 });
  expect(all.stale).toMatchObject([
    { kind: 'position', decision: { nowMs: DECIDED_MS, lane: 'tp-sl' } },
    { kind: 'position', decision: { nowMs: DECIDED_MS + 5 } },
  ]);
});

test.each([
  decision({ nowMs: '2000' }),
  decision({ orders: {} }),
  positionFrame({ seq: null }),
  landed({ kind: 'rows' }),
])('a line that is not written as it should be is refused: %j', (line) => {
  expect(() => staleDecisions([line])).toThrow(TypeError);
});
