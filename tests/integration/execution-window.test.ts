import { openDesk, openReceipts, type Check } from '@backstop/desk';
import { executionCursor, type MonitorRef } from '@backstop/store';
import { beforeEach, expect, test } from 'vitest';
import { marketPlan } from '../support/plans.ts';
import type { Seat } from '../support/seat.ts';
import { useRig } from '../support/use-rig.ts';

const rig = useRig();
const HOUR_MS = 3_600_000;
/** From when on the exchange was asked for executions, ms. */
let asked: number[];

beforeEach(() => {
  asked = [];
});

test('F-11 without a cursor executions are fetched from the oldest plan on, however long ago that is', async () => {
  const createdAtMs = Date.now() - HOUR_MS;
  const { check, read } = await openedByHand(createdAtMs);
  expect(await read(check)).toMatchObject({ kind: 'facts' });
  expect(asked).toHaveLength(1);
  expect(asked[0]).toBeLessThanOrEqual(createdAtMs);
});

test('F-09 the next ones are fetched from a minute before the cursor on, so that none is missed between two instants', async () => {
  const { ref, seat, read } = await openedByHand(Date.now() - HOUR_MS);
  await read(seat.claim(ref));
  const cursorMs = await executionCursor(seat.redis, ref.account);
  if (cursorMs === undefined) throw new Error('no cursor is kept');

  await rig().venue.trade({ ...ref, side: 'Buy', qty: '1', orderType: 'Market' });
  await rig().forget(ref);
  await read(seat.claim(ref));
  expect(asked.slice(1)).toEqual([cursorMs - 60_000]);
});

test('F-34 executions that cannot be read are not taken for none: nothing is decided', async () => {
  const { check, read } = await openedByHand(Date.now());
  await rig().venue.fault({ kind: 'http-500', endpoint: 'execution/list', count: 1 });
  expect(await read(check)).toMatchObject({ kind: 'unknown', why: 'reading executions failed' });
});

/** A plan of some time ago whose position somebody else opens, and a desk that tells what it asks the exchange for. */
async function openedByHand(createdAtMs: number): Promise<{
  ref: MonitorRef;
  seat: Seat;
  check: Check;
  read: (check: Check) => Promise<unknown>;
}> {
  const seat = await rig().seat();
  const ref = await rig().accept(marketPlan('main', 0, { createdAtMs }));
  await rig().venue.trade({ ...ref, side: 'Buy', qty: '5', orderType: 'Market' });
  const desk = openDesk({
    redis: seat.redis,
    installation: seat.installation,
    exchangeOf: (account) => {
      const exchange = seat.exchangeOf(account);
      return {
        ...exchange,
        executions: (query, options) => {
          asked.push(query.sinceMs);
          return exchange.executions(query, options);
        },
      };
    },
    wake: () => Promise.resolve(),
    receipts: openReceipts(),
    observer: { flight: ignore, cacheRead: ignore, inputAge: ignore, staleDecision: ignore },
    log: rig().log,
  });
  return { ref, seat, check: seat.claim(ref), read: (check) => desk.read(check) };
}

function ignore(): void {}
