import { decimal, type Action, type Decimal } from '@backstop/core';
import { blockBudget, peekCheck, type MonitorRef } from '@backstop/store';
import { expect, test } from 'vitest';
import { marketPlan } from '../support/plans.ts';
import { openPosition } from '../support/truth.ts';
import { useRig } from '../support/use-rig.ts';

const rig = useRig();

test('S-31 a stop whose budget is refused after its intent was stored is not sent, leaves no intent, and its rows are read anew', async () => {
  const seat = await rig().seat();
  const ref = await rig().accept(marketPlan('main', 0));
  await seat.check(ref, 'limit-order');
  const act = async (level: string) => {
    const check = seat.claim(ref);
    return seat.desk.act(check, await seat.facts(check), [stopAt(ref, decimal(level))]);
  };
  expect(await act('91')).toMatchObject({ outcomes: [{ result: 'done' }], budgetInMs: undefined });

  await blockBudget(rig().redis, { account: 'main', endpoint: 'trading-stop' }, { forMs: 60_000 });
  const refused = await act('92'); // there was plenty the last time
  expect(refused.outcomes).toMatchObject([{ result: 'unsent' }]);
  expect(refused.budgetInMs).toBeGreaterThan(50_000);
  expect(openPosition(await rig().venue.truth(), ref)?.stopLoss).toBe('91');
  expect(await peekCheck(rig().redis, ref)).toMatchObject({ intents: [], position: { dirty: true } });
});

function stopAt({ symbol, positionIdx }: MonitorRef, triggerPrice: Decimal): Action {
  const stop = { symbol, positionIdx, triggerPrice, triggerBy: 'LastPrice' } as const;
  return { type: 'set-stop', reason: 'level', budget: 'protective', absolute: true, stop };
}
