import { decimal, type Decimal, type ExecutedBy } from '@backstop/core';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  accountKeys,
  applyExecutions,
  bucketOf,
  countDue,
  executionCursor,
  readCheck,
  readOutbox,
  recordCheck,
  touchChecked,
  type AppliedExecution,
  type ExecutionPart,
} from '../src/index.ts';
import { accept, REF, TP_SL_STATE, useRedis } from './account.ts';

const redis = useRedis();
const NOW = 1_785_312_345_678;
const ETH = { ...REF, symbol: 'ETHUSDT', monitorId: 'bbbbbbbbbbbb' };

const BOTH = [
  { ref: REF, lane: 'tp-sl' },
  { ref: REF, lane: 'limit-order' },
];

function aFill(
  execId: string,
  part: Partial<AppliedExecution> & { parts?: readonly ExecutionPart[] } = {},
): AppliedExecution {
  const parts = [fillPart()];
  return { execId, timeMs: NOW, seq: 10, symbol: REF.symbol, parts, raw: `{"execId":"${execId}"}`, ...part };
}

function fillPart(part: Partial<ExecutionPart> = {}): ExecutionPart {
  return {
    monitorId: REF.monitorId,
    by: 'e1',
    qty: decimal('0.5'),
    value: decimal('100'),
    fee: decimal('0.055'),
    ...part,
  };
}

const apply = (executions: readonly AppliedExecution[], cursorMs: number | undefined = NOW) =>
  applyExecutions(redis(), REF.account, { executions, cursorMs });

const read = (ref = REF) => readCheck(redis(), ref, 'tp-sl', 'token');

test('sums add up per leg, and foreign executions stand apart', async () => {
  await accept(redis(), REF);
  await apply([aFill('a'), aFill('b'), aFill('c', { parts: [fillPart({ by: 'external-out', qty: decimal('0.1') })] })]);
  expect((await read()).executed).toEqual(
    new Map([
      ['e1', { qty: decimal('1'), value: decimal('200'), fee: decimal('0.11') }],
      ['external-out', { qty: decimal('0.1'), value: decimal('100'), fee: decimal('0.055') }],
    ]),
  );
});

const BY: Readonly<Record<Exclude<ExecutedBy, `e${number}` | `t${number}` | 'adopted'>, true>> = {
  x: true,
  stop: true,
  'stop-trailing': true,
  liquidation: true,
  'external-in': true,
  'external-out': true,
};

test.each(['e0', 't12', ...Object.keys(BY)])('what %s executed comes back under its name', async (by) => {
  await accept(redis(), REF);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a record are its names
  await apply([aFill('a', { parts: [fillPart({ by: by as ExecutedBy })] })]);
  expect([...(await read()).executed.keys()]).toEqual([by]);
});

test('F-09 executions that many processes bring at once are counted once', async () => {
  await accept(redis(), REF);
  const results = await Promise.all(Array.from({ length: 10 }, () => apply([aFill('a'), aFill('b')])));
  expect(results.reduce((sum, { applied }) => sum + applied, 0)).toBe(2);
  expect((await read()).executed.get('e1')?.qty).toBe(decimal('1'));
  const entries = await readOutbox(redis(), bucketOf(REF.account), '0', 100);
  expect(entries.filter(({ type }) => type === 'execution')).toHaveLength(2);
});

test('an execution told to the archive names its monitors and keeps the exchange row', async () => {
  await accept(redis(), REF);
  await apply([aFill('a')]);
  const [, entry] = await readOutbox(redis(), bucketOf(REF.account), '0', 100);
  const told = { account: 'main', execId: 'a', timeMs: NOW, seq: 10, symbol: 'BTCUSDT', monitorIds: [REF.monitorId] };
  expect(JSON.parse(entry?.json ?? '')).toEqual({ ...told, raw: '{"execId":"a"}' });
});

test('one execution may belong to two sums: a flip closes one position and opens another', async () => {
  await accept(redis(), REF);
  await apply([
    aFill('a', { parts: [fillPart({ by: 'stop' }), fillPart({ by: 'external-in', qty: decimal('0.2') })] }),
  ]);
  expect([...(await read()).executed.keys()].toSorted()).toEqual(['external-in', 'stop']);
});

test('monitors that got something new are due now in both lanes, others are not', async () => {
  await accept(redis(), REF, ETH);
  for (const ref of [REF, ETH]) {
    for (const lane of ['tp-sl', 'limit-order'] as const) {
      await readCheck(redis(), ref, lane, 'token');
      await touchChecked(redis(), ref, lane, { dueInMs: lane === 'tp-sl' ? 60_000 : undefined });
    }
  }
  expect(await apply([aFill('a')])).toEqual({ applied: 1, movedOn: false, woken: BOTH });
  expect(await countDue(redis(), bucketOf(REF.account), 'tp-sl')).toBe(1);
  expect(await countDue(redis(), bucketOf(REF.account), 'limit-order')).toBe(1);

  for (const lane of ['tp-sl', 'limit-order'] as const) await readCheck(redis(), REF, lane, 'token');
  expect(await apply([aFill('a')])).toEqual({ applied: 0, movedOn: false, woken: [] });
  expect(await countDue(redis(), bucketOf(REF.account), 'tp-sl')).toBe(0);
});

test('S-20 what closes makes no lane due that has nothing to do with entries any more, what may have opened does', async () => {
  await accept(redis(), REF);
  const t1 = (execId: string): AppliedExecution => aFill(execId, { parts: [fillPart({ by: 't1' })] });
  expect(await apply([t1('a')])).toMatchObject({ woken: BOTH });

  await readCheck(redis(), REF, 'limit-order', 'token');
  expect(await apply([t1('b')])).toMatchObject({ woken: BOTH }); // its check is under way
  await readCheck(redis(), REF, 'limit-order', 'token');
  await touchChecked(redis(), REF, 'limit-order', { dueInMs: undefined });
  expect(await apply([t1('c')])).toMatchObject({ woken: BOTH.slice(0, 1) });
  expect(await countDue(redis(), bucketOf(REF.account), 'limit-order')).toBe(0);
  expect(await apply([aFill('d', { parts: [fillPart({ by: 'external-in' })] })])).toMatchObject({ woken: BOTH });
});

test('nothing is booked for those who were active once, where others are on a symbol by now', async () => {
  const batch = { executions: [aFill('a')], cursorMs: undefined, asLongAsOn: [REF.symbol] };
  expect(await applyExecutions(redis(), REF.account, { ...batch, active: [REF] })).toMatchObject({ movedOn: true });
  await accept(redis(), REF, ETH);
  expect(await applyExecutions(redis(), REF.account, { ...batch, active: [ETH] })).toMatchObject({ movedOn: true });
  expect((await read()).executed.size).toBe(0);
  expect(await applyExecutions(redis(), REF.account, { ...batch, active: [REF] })).toMatchObject({ woken: BOTH });
});

test('the sequence of a monitor is that of the newest execution of its own, and never falls', async () => {
  await accept(redis(), REF, ETH);
  await apply([aFill('a', { seq: 20 }), aFill('b', { seq: 12 })]);
  expect([(await read()).executionsSeq, (await read(ETH)).executionsSeq]).toEqual([20, -1]);
});

test('the cursor moves forward only, and not at all for executions brought out of order', async () => {
  expect(await executionCursor(redis(), REF.account)).toBeUndefined();
  await apply([]);
  await apply([], NOW - 5);
  await applyExecutions(redis(), REF.account, { executions: [aFill('a')], cursorMs: undefined });
  expect(await executionCursor(redis(), REF.account)).toBe(NOW);
});

test('ids are forgotten a day before the cursor, and what is older than that counts as applied', async () => {
  await accept(redis(), REF);
  const old = aFill('old', { timeMs: NOW - 25 * 3_600_000 });
  const first = await applyExecutions(redis(), REF.account, { executions: [old], cursorMs: undefined });
  expect(first).toMatchObject({ applied: 1 });
  await apply([aFill('new')]);
  expect(await redis().zrange(accountKeys(REF.account).executionIds, 0, '-1')).toEqual(['new']);
  expect(await apply([old])).toMatchObject({ applied: 0 });
  expect((await read()).executed.get('e1')?.qty).toBe(decimal('1'));
});

test('an execution without a monitor is archived and changes no sum', async () => {
  await accept(redis(), REF);
  expect(await apply([aFill('a', { parts: [] })])).toEqual({ applied: 1, movedOn: false, woken: [] });
  expect((await read()).executed.size).toBe(0);
});

test('a late execution of a closed monitor still counts while its sums are kept, and revives nothing after that', async () => {
  await accept(redis(), REF);
  await read();
  const record = { ref: REF, lane: 'tp-sl', token: 'token', version: 0, state: TP_SL_STATE, events: [] } as const;
  await recordCheck(redis(), { ...record, dueInMs: undefined, closed: true });
  const key = accountKeys(REF.account).executed(REF.monitorId);

  expect(await apply([aFill('a')])).toEqual({ applied: 1, movedOn: false, woken: [] });
  expect(await redis().hget(key, 'e1:qty:parts')).toBe('500000000000');
  expect(await redis().pttl(key)).toBeGreaterThan(0);
  await redis().del(key);
  expect(await apply([aFill('b')])).toEqual({ applied: 0, movedOn: false, woken: [] });
  expect(await redis().exists(key)).toBe(0);
});

test('more executions than fit one script are all applied', async () => {
  await accept(redis(), REF);
  const many = Array.from({ length: 450 }, (_, index) => aFill(`exec-${index}`, { seq: index }));
  expect(await apply(many)).toEqual({ applied: 450, movedOn: false, woken: BOTH });
  expect(await read()).toMatchObject({ executionsSeq: 449 });
  expect((await read()).executed.get('e1')?.qty).toBe(decimal('225'));
});

test('sums are exact for any decimals, rebates among them', async () => {
  const amount = fc.bigInt({ min: -(10n ** 27n), max: 10n ** 27n });
  const part = fc.record({
    by: fc.constantFrom('e1' as const, 't1' as const, 'stop' as const),
    qty: amount,
    value: amount,
    fee: amount,
  });
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 30 }), async (parts) => {
      await redis().flushdb();
      await accept(redis(), REF);
      const fills = parts.map((sums, index) => aFill(`${index}`, { parts: [fillPart(sums)] }));
      await Promise.all([apply(fills.slice(0, 10)), apply(fills.slice(5)), apply(fills)]);

      const { executed } = await read();
      const total = (by: string, of: (sums: (typeof parts)[number]) => Decimal) =>
        parts.filter((sums) => sums.by === by).reduce((sum, sums) => sum + of(sums), 0n);
      for (const by of ['e1', 't1', 'stop'] as const) {
        const sums = {
          qty: total(by, ({ qty }) => qty),
          value: total(by, ({ value }) => value),
          fee: total(by, ({ fee }) => fee),
        };
        expect(executed.get(by) ?? { qty: 0n, value: 0n, fee: 0n }).toEqual(sums);
      }
    }),
    { numRuns: 60 },
  );
});

test('S-27 what is added under any name is read back under it, liquidation too', async () => {
  await accept(redis(), REF);
  const names = ['e1', 't4', 'x', 'stop', 'external-in', 'external-out', 'liquidation'] as const;
  await apply(names.map((by) => aFill(by, { parts: [fillPart({ by })] })));
  expect([...(await read()).executed.keys()].toSorted()).toEqual([...names].toSorted());
});

test('F-11 an execution of a monitor that Redis has lost is left for when it comes back', async () => {
  expect(await apply([aFill('a')])).toEqual({ applied: 0, movedOn: false, woken: [] });
  await accept(redis(), REF);
  expect(await apply([aFill('a')])).toMatchObject({ applied: 1 });
});
