import { decimal, type OrderSpec } from '@backstop/core';
import { onLane } from '@backstop/desk';
import { blockBudget, type MonitorRef } from '@backstop/store';
import { describe, expect, test } from 'vitest';
import { restingPlan } from '../support/plans.ts';
import { SOON } from '../support/protect.ts';
import { startStoppedProcess, type StoppedProcess } from '../support/stopped-process.ts';
import { isAt } from '../support/truth.ts';
import { useRig } from '../support/use-rig.ts';
import { SYMBOLS } from '../support/venue.ts';

/** Each stop has an account to itself, so that none meets the limits that another one has used. */
const ACCOUNTS = ['first', 'second', 'third'] as const;
/** What entries may take of ten orders a second. */
const ENTRIES = 8;

const rig = useRig({ limits: 'real', accounts: ACCOUNTS });

function start(renews: boolean): Promise<StoppedProcess> {
  const { redisUrl, venue } = rig();
  return startStoppedProcess({ redisUrl, venue: { url: venue.url, accounts: venue.accounts }, renews });
}

/**
 * A process is stopped when it holds the budget for all that entries may send at once, until another one has been granted, and
 * has sent, as much again. Then it runs on. Resolves with how many requests the exchange has refused for their rate so far.
 */
async function stopThrough(stopped: StoppedProcess, account: string): Promise<{ ref: MonitorRef; refused: number }> {
  const ref = await rig().accept(restingPlan(account, 0, ENTRIES));
  const { redis, exchangeOf } = await rig().seat();
  await blockBudget(redis, { account, endpoint: 'order-create-batch' }, { forMs: 60_000 }); // one by one
  await stopped.stopWithGrant(ref);

  const options = { signal: AbortSignal.timeout(10_000), beforeSend: async () => undefined };
  const replies = await onLane({ lane: 'entry', prepaid: false, maxWaitMs: 5_000 }, () =>
    Promise.all(orders(ENTRIES).map((order) => exchangeOf(account).createOrders([order], options))),
  );
  expect(replies.flat().filter(({ ok }) => ok)).toHaveLength(ENTRIES);
  await stopped.runOn();
  return { ref, refused: (await rig().venue.truth()).rateLimited };
}

function orders(count: number): readonly OrderSpec[] {
  return Array.from({ length: count }, (_, index) => ({
    symbol: SYMBOLS[1] ?? '',
    positionIdx: 0,
    orderLinkId: `by-hand-${index}`,
    side: 'Buy',
    orderType: 'Limit',
    qty: decimal('1'),
    price: decimal(`${50 + index}`),
    timeInForce: 'GTC',
    reduceOnly: false,
    closeOnTrigger: false,
  }));
}

describe('a process that is stopped between its budget and the departure', { timeout: 60_000 }, () => {
  test('never sends late what it was granted early: nothing is refused for its rate, and all of it is sent in the end', async () => {
    await using stopped = await start(true);
    for (const account of ACCOUNTS) {
      const { ref, refused } = await stopThrough(stopped, account);
      expect(refused).toBe(0);
      const standing = async (): Promise<number> => {
        await stopped.check(ref);
        return (await rig().venue.truth()).openOrders.filter(isAt(ref)).length;
      };
      await expect.poll(standing, SOON).toBe(ENTRIES);
    }
    expect((await rig().venue.truth()).duplicates).toEqual([]);
  });

  test('would meet the limit of the exchange if the departure did not count', async () => {
    await using stopped = await start(false);
    const { refused } = await stopThrough(stopped, ACCOUNTS[0]);
    expect(refused).toBeGreaterThan(0);
  });
});
