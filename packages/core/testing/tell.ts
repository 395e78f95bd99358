import { floorTo, isThrough, needsExecutions } from './core.ts';
import type { Action, Decimal, Lane, Snapshot } from './core.ts';
import type { Step, Story } from './arbitraries.ts';
import { check, monitorOn, settleDown } from './play.ts';
import type { Booked, Monitor } from './play.ts';
import type { Venue } from './venue-model.ts';
import { addForeign, endOrder, moveTo, openVenue, snapshotOf, trade } from './venue-model.ts';

/** What a check decided, and on what. */
export interface Look {
  readonly lane: Lane;
  readonly actions: readonly Action[];
  readonly monitor: Monitor;
}

/**
 * Lives through a story. `onLook` sees each single check, `onRest` the monitor whenever it has come to rest, at the end at
 * the latest.
 */
export function tell(
  story: Story,
  { onLook, onRest }: { readonly onLook?: (look: Look) => void; readonly onRest?: (monitor: Monitor) => void },
): Monitor {
  const { instrument, plan, reference: price, marketQuarters } = story;
  const venue = openVenue(instrument, plan, { price, marketQuarters });
  const monitor = monitorOn(venue);
  const pictures: Snapshot[] = [];

  for (const step of [...story.steps, { kind: 'rest' } as const]) {
    venue.nowMs += story.stepMs;
    pictures.unshift(snapshotOf(venue));
    const look = take(step, story, monitor, pictures);
    if (look !== undefined) onLook?.(look);
    if (step.kind === 'rest') onRest?.(monitor);
  }
  return monitor;
}

/** An order of somebody else on the same symbol, reduce-only, which holds a part of the capacity. */
export function withForeignOrder(monitor: Monitor): void {
  const { instrument, plan } = monitor.venue;
  const side = plan.side === 'Buy' ? 'Sell' : 'Buy';
  addForeign(monitor.venue, { side, reduceOnly: true, qty: instrument.minOrderQty, leavesQty: instrument.minOrderQty });
}

function take(step: Step, story: Story, monitor: Monitor, pictures: readonly Snapshot[]): Look | undefined {
  switch (step.kind) {
    case 'check': {
      return { lane: step.lane, actions: check(monitor, step.lane, { isSent: isIn(step.mask) }), monitor };
    }
    case 'stale': {
      const snapshot = agedPicture(step, pictures, monitor);
      return { lane: step.lane, actions: check(monitor, step.lane, { snapshot }), monitor };
    }
    case 'lagging': {
      const options = { snapshot: laggingPicture(step, pictures, monitor), isSent: isIn(step.mask) };
      return { lane: step.lane, actions: check(monitor, step.lane, options), monitor };
    }
    case 'rest':
      settleDown(monitor);
      return undefined;
    case 'move':
    case 'wait':
    case 'trade':
    case 'end':
    case 'stop':
      happen(step, story, monitor);
      return undefined;
    default:
      return step satisfies never;
  }
}

function isIn(mask: number): (action: Action, index: number) => boolean {
  return (_action, index) => ((mask >> (index % 8)) & 1) === 1;
}

/** What happens without the monitor. */
function happen(
  step: Exclude<Step, { readonly kind: 'check' | 'stale' | 'lagging' | 'rest' }>,
  story: Story,
  { venue }: Monitor,
): void {
  const { instrument, plan, reference, unit } = story;
  switch (step.kind) {
    case 'move': {
      const away = plan.side === 'Buy' ? unit : -unit;
      const price = floorTo(reference + (away * BigInt(step.units)) / 4n, instrument.tickSize);
      return moveTo(venue, price, step.quarters);
    }
    case 'wait':
      venue.nowMs += step.ms;
      return undefined;
    case 'trade': {
      const quarter = (venue.position?.size ?? 0n) * BigInt(step.quarters);
      return trade(venue, step.side, floorTo(quarter / 4n, instrument.qtyStep));
    }
    case 'end':
      return endOrder(venue, step.leg);
    case 'stop':
      return moveStop(venue, step.quarters, unit);
    default:
      return step satisfies never;
  }
}

/** Only to where the exchange would take it: on the loss side of the market. */
function moveStop(venue: Venue, quarters: number | undefined, unit: Decimal): void {
  const { position, price, instrument } = venue;
  if (position?.side === undefined) return;
  const { stopLoss, ...rest } = position;
  if (quarters === undefined) {
    venue.position = { ...rest, stopLoss: undefined };
    return;
  }
  const moved = (stopLoss ?? price) + floorTo(unit, instrument.tickSize) * BigInt(quarters);
  if (moved > 0n && !isThrough(position.side, moved, price)) venue.position = { ...rest, stopLoss: moved };
}

/**
 * Rows of two ages with executions of the older one, or those that were applied since. They are fetched anew where the rows
 * ask for it.
 */
function agedPicture(
  { positionAge, ordersAge }: Step & { readonly kind: 'stale' },
  pictures: readonly Snapshot[],
  { venue, tpSl, limitOrder, booked }: Monitor,
): Snapshot {
  const now = snapshotOf(venue);
  const ofPosition = pictures[positionAge] ?? now;
  const ofOrders = pictures[ordersAge] ?? now;
  const older = pictures[Math.max(positionAge, ordersAge)] ?? now;
  const { position, positionAtMs } = ofPosition;
  const { orders, ordersAtMs } = ofOrders;
  const { executed, executionsSeq } = newest(older, booked);
  const aged = { ...now, position, positionAtMs, orders, ordersAtMs, executed, executionsSeq };
  const isKnown = !needsExecutions(aged, venue.plan, { tpSl, limitOrder });
  return isKnown ? aged : { ...aged, executed: now.executed, executionsSeq: now.executionsSeq };
}

/** What listings and executions show that were begun now and lag: nothing in them tells their age. */
function laggingPicture(
  { positionLag, ordersLag, executionsLag }: Step & { readonly kind: 'lagging' },
  pictures: readonly Snapshot[],
  { venue, booked }: Monitor,
): Snapshot {
  const now = snapshotOf(venue);
  const ago = (steps: number): Snapshot =>
    pictures.slice(0, steps + 1).findLast(({ positionAtMs }) => positionAtMs >= venue.nowMs - 1_000) ?? now;
  const { executed, executionsSeq } = newest(ago(executionsLag), booked);
  return { ...now, position: ago(positionLag).position, orders: ago(ordersLag).orders, executed, executionsSeq };
}

function newest(told: Booked, applied: Booked = told): Booked {
  return told.executionsSeq < applied.executionsSeq ? applied : told;
}
