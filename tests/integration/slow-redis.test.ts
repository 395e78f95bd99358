import { decimal, type Action } from '@backstop/core';
import { budgetedHooks, openDesk, openReceipts, type Desk } from '@backstop/desk';
import { openExchanges } from '@backstop/exchange';
import type { Redis } from '@backstop/store';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { marketPlan } from '../support/plans.ts';
import { openPosition } from '../support/truth.ts';
import { useRig } from '../support/use-rig.ts';

const rig = useRig();
const resources: AsyncDisposableStack[] = [];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(async () => {
  vi.useRealTimers();
  for (const opened of resources.splice(0)) await opened.disposeAsync();
});

/** As if every script took so long: by the clock that grants and stamps age by, and by nobody's else. */
function slowed(redis: Redis, answerMs: number): Redis {
  return new Proxy(redis, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      if (name !== 'evalsha' && name !== 'eval') return value.bind(target) as unknown;
      return async (...args: unknown[]): Promise<unknown> => {
        const answer: unknown = await Reflect.apply(value, target, args);
        vi.advanceTimersByTime(answerMs);
        return answer;
      };
    },
  });
}

/** The desk of a worker whose questions to Redis take this long. */
function slowDesk(installation: string, answerMs: number): Desk {
  const redis = slowed(rig().redis, answerMs);
  const opened = new AsyncDisposableStack();
  resources.push(opened);
  const exchanges = opened.use(
    openExchanges({
      accounts: rig().venue.accounts,
      baseUrl: rig().venue.url,
      maxSockets: 2,
      hooksOf: (account) => budgetedHooks(redis, account, { request: ignore, budgetWait: ignore }),
    }),
  );
  const observer = { flight: ignore, cacheRead: ignore, inputAge: ignore, staleDecision: ignore };
  const { log } = rig();
  return openDesk({
    redis,
    installation,
    exchangeOf: exchanges.of,
    wake: nobody,
    receipts: openReceipts(),
    observer,
    log,
  });
}

test.each([
  { answerMs: 60, result: 'done', stop: '91' },
  { answerMs: 150, result: 'done', stop: '91' },
  { answerMs: 300, result: 'done', stop: '91' },
  { answerMs: 450, result: 'unsent', stop: '90' }, // its stamp would be too old on arrival
])('S-31 where each answer of Redis takes $answerMs ms, a stop is $result', async ({ answerMs, result, stop }) => {
  const seat = await rig().seat();
  const ref = await rig().accept(marketPlan('main', 0));
  await seat.check(ref, 'limit-order');
  const check = seat.claim(ref);
  const facts = await seat.facts(check);
  const place = { symbol: ref.symbol, positionIdx: ref.positionIdx };
  const action: Action = {
    type: 'set-stop',
    reason: 'level',
    budget: 'protective',
    absolute: true,
    stop: { ...place, triggerPrice: decimal('91'), triggerBy: 'LastPrice' },
  };

  const { outcomes } = await slowDesk(seat.installation, answerMs).act(check, facts, [action]);
  expect(outcomes).toMatchObject([{ result }]);
  expect(openPosition(await rig().venue.truth(), ref)?.stopLoss).toBe(stop);
});

function ignore(): void {}

async function nobody(): Promise<void> {}
