import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { abs, decimal, format, hasClosedBooks, isOwn, ONE } from '../testing/core.ts';
import type { Decimal, Lane, Side, Snapshot } from '../testing/core.ts';
import { anInstrument, aPlan, limitEntry, marketEntry } from '../testing/builders.ts';
import { check, monitorOn, settleDown } from '../testing/play.ts';
import type { Monitor } from '../testing/play.ts';
import { seedOfTitle } from '../testing/seed-of-title.ts';
import { moveTo, openVenue, snapshotOf, trade } from '../testing/venue-model.ts';
import type { Venue } from '../testing/venue-model.ts';

const RUNS = 3_000;
const STEP_MS = 200;
/** A second, in steps: how far what the exchange shows may lag. */
const MOST_LAG = 5;

test('S-19 whatever others trade before a plan and under it, once all facts are in its books are closed on what stood before', () => {
  const details = fc.check(
    fc.property(histories(), (history) => {
      const { venue, tpSl } = live(history);
      const snapshot = snapshotOf(venue);
      if (![...snapshot.executed.keys()].some(isOwn)) return;
      expect(format(tpSl.stoodBefore ?? 0n)).toBe(format(abs(history.before)));
      expect(hasClosedBooks(snapshot, tpSl.stoodBefore)).toBe(true);
    }),
    { numRuns: RUNS, seed: seedOfTitle() },
  );
  expect(details.failed ? fc.defaultReportMessage(details) : 'none').toBe('none');
});

/** What others held when the plan was accepted (below 0 = short), and what happened then. */
interface History {
  readonly before: Decimal;
  readonly steps: readonly Step[];
}

type Step =
  | { readonly kind: 'trade'; readonly side: Side; readonly qty: Decimal }
  /** The market goes so far, and fills so many quarters of what it reaches. */
  | { readonly kind: 'move'; readonly price: Decimal; readonly quarters: number }
  /** A lane is checked on rows and executions that are so many steps old, and do not say so. */
  | {
      readonly kind: 'look';
      readonly lane: Lane;
      readonly positionLag: number;
      readonly ordersLag: number;
      readonly executionsLag: number;
    };

/** Others trade quantities as small as ours, so that sums are often alike by chance. */
function histories(): fc.Arbitrary<History> {
  const qty = fc.integer({ min: 1, max: 4 }).map((units) => BigInt(units) * ONE);
  const trades = fc.record({ kind: fc.constant('trade' as const), side: fc.constantFrom<Side>('Buy', 'Sell'), qty });
  const price = fc.constantFrom('94', '100', '111', '116').map(decimal);
  const moves = fc.record({ kind: fc.constant('move' as const), price, quarters: fc.integer({ min: 1, max: 4 }) });
  const lag = fc.integer({ min: 0, max: MOST_LAG });
  const lane = fc.constantFrom<Lane>('tp-sl', 'limit-order');
  const lags = { positionLag: lag, ordersLag: lag, executionsLag: lag };
  const looks = fc.record({ kind: fc.constant('look' as const), lane, ...lags });
  const step = fc.oneof(
    { weight: 2, arbitrary: trades },
    { weight: 1, arbitrary: moves },
    { weight: 5, arbitrary: looks },
  );
  const before = fc.integer({ min: -4, max: 4 }).map((units) => BigInt(units) * ONE);
  return fc.record({ before, steps: fc.array(step, { minLength: 2, maxLength: 20 }) });
}

function live({ before, steps }: History): Monitor {
  const monitor = monitorOn(occupied(before));
  const { venue } = monitor;
  const pictures: Snapshot[] = [snapshotOf(venue)];
  for (const step of steps) {
    venue.nowMs += STEP_MS;
    happen(step, monitor, pictures);
    pictures.unshift(snapshotOf(venue));
  }
  for (let round = 0; round < 2; round += 1) {
    venue.nowMs += 10_000;
    settleDown(monitor);
  }
  return monitor;
}

/** An exchange on which others hold something that no execution of the plan's time explains. */
function occupied(before: Decimal): Venue {
  const entries = [marketEntry('4'), limitEntry('e1', '3', '95')];
  const venue = openVenue(anInstrument(), aPlan({ entries }), { price: decimal('100') });
  if (before !== 0n) trade(venue, before > 0n ? 'Buy' : 'Sell', abs(before));
  venue.executed.clear();
  return venue;
}

function happen(step: Step, monitor: Monitor, pictures: readonly Snapshot[]): void {
  switch (step.kind) {
    case 'trade':
      return trade(monitor.venue, step.side, step.qty);
    case 'move':
      return moveTo(monitor.venue, step.price, step.quarters);
    case 'look':
      check(monitor, step.lane, { snapshot: picture(step, monitor, pictures) });
      return undefined;
    default:
      return step satisfies never;
  }
}

/** Executions that were applied once stay so. */
function picture(
  { positionLag, ordersLag, executionsLag }: Step & { readonly kind: 'look' },
  { venue, booked }: Monitor,
  pictures: readonly Snapshot[],
): Snapshot {
  const now = snapshotOf(venue);
  const ago = (steps: number): Snapshot => [now, ...pictures][Math.min(steps, pictures.length)] ?? now;
  const told = ago(executionsLag);
  const { executed, executionsSeq } = booked !== undefined && booked.executionsSeq > told.executionsSeq ? booked : told;
  return { ...now, position: ago(positionLag).position, orders: ago(ordersLag).orders, executed, executionsSeq };
}
