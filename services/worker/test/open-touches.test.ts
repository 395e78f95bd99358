import type { Check } from '@backstop/desk';
import { expect, test, vi } from 'vitest';
import { openTouches, type Touched } from '../src/open-touches.ts';

const SYMBOLS = ['AUSDT', 'BUSDT', 'CUSDT'] as const;

function aCheck(symbol: string): Check {
  const ref = { account: 'main', symbol, positionIdx: 0, monitorId: `of ${symbol}` } as const;
  return { ref, lane: 'tp-sl', token: `token of ${symbol}`, signal: new AbortController().signal };
}

test('checks that end one after the other are recorded together, each with its token, by one timer', () => {
  vi.useFakeTimers();
  const recorded: (Touched & { symbol: string })[] = [];
  const { touch } = openTouches(
    async ({ ref }, touched) => void recorded.push({ symbol: ref.symbol, ...touched }),
    fail,
  );
  for (const symbol of SYMBOLS) touch(aCheck(symbol), { dueInMs: 5 });
  expect([recorded.length, vi.getTimerCount()]).toEqual([0, 1]);

  vi.runAllTimers();
  expect(recorded).toEqual(SYMBOLS.map((symbol) => ({ symbol, dueInMs: 5, token: `token of ${symbol}` })));
  touch(aCheck('AUSDT'), { dueInMs: undefined, made: false });
  vi.runAllTimers();
  expect(recorded.at(-1)).toEqual({ symbol: 'AUSDT', dueInMs: undefined, made: false, token: 'token of AUSDT' });
  vi.useRealTimers();
});

test('what checks leave is recorded sooner once none runs any more, and that moment is not put off by the next ones', async () => {
  vi.useFakeTimers();
  const recorded: string[] = [];
  const { touch, during } = openTouches(async ({ ref }) => void recorded.push(ref.symbol), fail);
  const check = (symbol: string, end?: Promise<void>): Promise<void> =>
    during(async () => {
      await end;
      touch(aCheck(symbol), { dueInMs: 5 });
    });
  const gate = Promise.withResolvers<void>();
  const long = check('AUSDT', gate.promise);
  await check('BUSDT');
  await vi.advanceTimersByTimeAsync(10);
  expect(recorded).toEqual([]); // one runs

  gate.resolve();
  await long;
  await vi.advanceTimersByTimeAsync(1);
  await check('CUSDT');
  expect(recorded).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(recorded).toEqual(['BUSDT', 'AUSDT', 'CUSDT']);
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

test('a worker that ends records what is left, and what is under way, before it lets go of Redis', async () => {
  const gates: (() => void)[] = [];
  const { touch, flush } = openTouches(() => new Promise((resolve) => gates.push(resolve)), fail);
  touch(aCheck('AUSDT'), { dueInMs: 5 });
  void flush();
  touch(aCheck('BUSDT'), { dueInMs: 5 });
  let ended = false;
  const end = flush().then(() => (ended = true));
  expect(gates).toHaveLength(2);

  gates[1]?.();
  await new Promise(setImmediate);
  expect(ended).toBe(false);
  gates[0]?.();
  await end;
});

test('each that cannot be recorded is told, and keeps no other from being recorded, together with it or later', async () => {
  const told: unknown[] = [];
  const recorded: string[] = [];
  const refused = new Set(['AUSDT', 'CUSDT']);
  const gate = Promise.withResolvers<void>();
  const { touch, flush } = openTouches(
    async ({ ref: { symbol } }) => {
      if (refused.has(symbol)) throw new Error(`not ${symbol}`);
      await gate.promise;
      recorded.push(symbol);
    },
    (error) => told.push(error),
  );
  for (const symbol of SYMBOLS) touch(aCheck(symbol), { dueInMs: 5 });
  const flushed = flush();
  await new Promise(setImmediate); // the others have failed
  gate.resolve();
  await flushed;
  expect([told, recorded]).toEqual([[new Error('not AUSDT'), new Error('not CUSDT')], ['BUSDT']]);

  refused.clear();
  touch(aCheck('CUSDT'), { dueInMs: 5 });
  await flush();
  expect([told.length, recorded]).toEqual([2, ['BUSDT', 'CUSDT']]);
});

function fail(error: unknown): never {
  throw error;
}
