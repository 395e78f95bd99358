import { decide, decimal, type Context, type Lane, type Snapshot } from '@backstop/core';
import {
  anInstrument,
  aPlan,
  INSTALLATION,
  limitEntry,
  marketEntry,
  monitorOn,
  moveTo,
  openVenue,
  settleDown,
  snapshotOf,
  type Monitor,
} from '@backstop/core/testing';
import Table from 'cli-table3';
import { median } from './median.ts';

const ROUNDS = 9;
const WARM_ROUNDS = 2;
const DECISIONS = 40_000;
const GOAL = 200_000;
/** The stop's row, four take-profits, two entries. */
const ORDERS = 7;

interface DecideFigures {
  readonly orders: number;
  /** Decisions a second on one core, medians by what is decided on. */
  readonly perSecond: Readonly<Record<string, number>>;
}

/** What a worker decides on in one check of a lane. */
interface Case {
  readonly what: string;
  readonly goal: string;
  /** Returns how many actions come out. */
  readonly decideOnce: () => number;
  readonly secondsOf: number[];
}

/**
 * How many decisions a second one core makes for a monitor with seven orders: in an unchanged world, which is what nearly every
 * check finds, and in one where a take-profit has filled. The cases take turns.
 */
export async function decideRate(): Promise<DecideFigures> {
  const monitor = atRest();
  const cases = [unchanged(monitor, 'tp-sl'), unchanged(monitor, 'limit-order'), filled(monitor)];
  for (let round = -WARM_ROUNDS; round < ROUNDS; round += 1) {
    for (const { decideOnce, secondsOf } of cases) {
      const seconds = secondsFor(decideOnce);
      if (round >= 0) secondsOf.push(seconds);
    }
  }
  print(cases);
  const perSecond = Object.fromEntries(cases.map((one) => [one.what, rateOf(one)]));
  return { orders: ORDERS, perSecond };
}

/** A position of 100 under its stop, with all orders resting and nothing left to do. */
function atRest(): Monitor {
  const entries = [marketEntry('100'), limitEntry('e1', '50', '95'), limitEntry('e2', '50', '92')];
  const monitor = monitorOn(openVenue(anInstrument(), aPlan({ entries }), { price: decimal('100') }));
  settleDown(monitor);
  const { length } = snapshotOf(monitor.venue).orders;
  if (length !== ORDERS) throw new Error(`${length} orders work`);
  return monitor;
}

function unchanged(monitor: Monitor, lane: Lane): Case {
  const { snapshot, contexts } = factsOf(monitor);
  const { state } = contexts[lane];
  const isUnchanged = decideOn(lane, snapshot, contexts).state === state;
  const decideOnce = (): number => decideOn(lane, snapshot, contexts).actions.length;
  if (!isUnchanged || decideOnce() !== 0) throw new Error(`${lane}: the monitor is not at rest`);
  return { what: `${lane}, nothing has changed`, goal: `>= ${figure(GOAL)}`, decideOnce, secondsOf: [] };
}

/** The nearest take-profit fills: the stop moves, and the entries go. */
function filled(monitor: Monitor): Case {
  moveTo(monitor.venue, decimal('110'));
  const { snapshot, contexts } = factsOf(monitor);
  const decideOnce = (): number => decide('tp-sl', snapshot, contexts['tp-sl']).actions.length;
  if (decideOnce() === 0) throw new Error('nothing follows from the fill');
  return { what: `tp-sl, a take-profit has filled`, goal: '', decideOnce, secondsOf: [] };
}

interface Facts {
  readonly snapshot: Snapshot;
  readonly contexts: { readonly [L in Lane]: Context<L> };
}

function factsOf({ venue, tpSl, limitOrder }: Monitor): Facts {
  const common = { plan: venue.plan, tpSl, limitOrder, installation: INSTALLATION, nowMs: venue.nowMs };
  const contexts = { 'tp-sl': { ...common, state: tpSl }, 'limit-order': { ...common, state: limitOrder } };
  return { snapshot: snapshotOf(venue), contexts };
}

function decideOn(
  lane: Lane,
  snapshot: Snapshot,
  contexts: Facts['contexts'],
): { state: object; actions: readonly object[] } {
  return lane === 'tp-sl' ? decide(lane, snapshot, contexts[lane]) : decide(lane, snapshot, contexts[lane]);
}

/** Of this process's CPU, garbage collection included: on a busy machine the same work takes longer but stays the same. */
function secondsFor(decideOnce: () => number): number {
  const expected = decideOnce() * DECISIONS;
  const started = process.cpuUsage();
  let actions = 0;
  for (let made = 0; made < DECISIONS; made += 1) actions += decideOnce();
  const { user, system } = process.cpuUsage(started);
  if (actions !== expected) throw new Error(`${actions} actions instead of ${expected}`);
  return (user + system) / 1_000_000;
}

function rateOf({ secondsOf }: Case): number {
  return Math.round(DECISIONS / median(secondsOf));
}

function print(cases: readonly Case[]): void {
  const table = new Table({ head: [`decide, ${ORDERS} orders`, 'a second', 'each', 'goal'] });
  for (const one of cases) {
    table.push([one.what, figure(rateOf(one)), `${(1_000_000 / rateOf(one)).toFixed(1)} us`, one.goal]);
  }
  process.stdout.write(`${table.toString()}\n`);
}

function figure(value: number): string {
  return value.toLocaleString('en');
}
