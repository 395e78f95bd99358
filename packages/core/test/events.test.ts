import { expect, test } from 'vitest';
import { decide, decimal, initialState } from '../src/index.ts';
import type { Decision, Snapshot, TpSlState } from '../src/index.ts';
import { aPosition, aSnapshot, aStopRow, aTakeProfitRow, executed, START_MS, tpSlContext } from '../testing/index.ts';

test('F-09 two fills of one size are two events, and looking again tells neither', () => {
  const first = look(openWith('10'), opened());
  const second = look(openWith('20'), first.state, 1_000);
  const told = [...first.events, ...second.events].filter(({ type }) => type === 'take-profit-filled');
  expect(told.map(({ detail }) => [detail['qty'], detail['total']])).toEqual([
    ['10', '10'],
    ['10', '20'],
  ]);
  expect(new Set(told.map(({ id }) => id)).size).toBe(2);
  expect(look(openWith('20'), second.state, 2_000).events).toEqual([]);
});

test('F-09 a stop is told as confirmed once, until another one is', () => {
  const first = look(openWith('10'), opened());
  expect(typesOf(first)).toContain('stop-confirmed');
  expect(typesOf(look(openWith('20'), first.state, 1_000))).toEqual(['take-profit-filled']);
});

test('F-24 a condition is told when it comes and when it ends, and not in between', () => {
  const naked = { ...openWith('10'), position: aPosition({ size: decimal('90'), stopLoss: undefined }) };
  const came = look(naked, opened());
  expect(conditionsOf(came)).toEqual([['condition-raised', 'NoStop']]);

  const lasts = look({ ...naked, executed: executed({ e0: '100', t1: '11' }) }, came.state, 1_000);
  expect(conditionsOf(lasts)).not.toContainEqual(['condition-raised', 'NoStop']);
  const ended = look(openWith('10'), came.state, 3_000);
  expect(conditionsOf(ended)).toEqual([['condition-cleared', 'NoStop']]);
  expect(ended.events.find(({ type }) => type === 'condition-cleared')).toMatchObject({ detail: { heldMs: 3_000 } });
});

test('F-05 what the stop and the trailing stop close is told as theirs', () => {
  for (const by of ['stop', 'stop-trailing']) {
    const flat = aSnapshot({ executed: executed({ e0: '100', [by]: '100' }) });
    expect(look(flat, opened()).events[0]).toMatchObject({ type: 'stop-filled', detail: { by } });
  }
});

test('F-06 what others closed shrinks the shares, and a take-profit that executed its share of the rest is filled', () => {
  const half = aSnapshot({
    position: aPosition({ size: decimal('7.5') }),
    orders: [aStopRow({ qty: decimal('7.5') })],
    executed: executed({ e0: '100', 'external-out': '50', t1: '42.5' }),
  });
  expect(look(half, opened()).state.filledTakeProfits).toEqual(['t1']);
});

function openWith(takenByT1: string): Snapshot {
  const taken = decimal(takenByT1);
  const size = decimal('100') - taken;
  return aSnapshot({
    position: aPosition({ size }),
    orders: [
      aStopRow({ qty: size }),
      aTakeProfitRow('t1', '85', '110', { cumExecQty: taken }),
      ...['115', '120', '125'].map((price, index) => aTakeProfitRow(`t${index + 2}`, '5', price)),
    ],
    executed: executed({ e0: '100', t1: takenByT1 }),
  });
}

function opened(): TpSlState {
  return { ...initialState('tp-sl'), stage: 'open', seen: Object.fromEntries(executed({ e0: '100' })) };
}

function look(snapshot: Snapshot, state: TpSlState, atMs = 0): Decision<'tp-sl'> {
  return decide('tp-sl', snapshot, tpSlContext({ state, tpSl: state, nowMs: START_MS + atMs }));
}

function typesOf({ events }: Decision<'tp-sl'>): readonly string[] {
  return events.map(({ type }) => type);
}

function conditionsOf({ events }: Decision<'tp-sl'>): readonly unknown[] {
  return events.flatMap(({ type, detail }) => (type.startsWith('condition-') ? [[type, detail['name']]] : []));
}
