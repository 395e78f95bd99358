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
/** So many snapshots are made at a time, outside of what is measured. */
const AT_A_TIME = 1_000;
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
  readonly snapshot: Snapshot;
  /** Returns how many actions come out. */
  readonly decideOn: (snapshot: Snapshot) => number;
  readonly secondsOf: number[];
}

/**
 * How many decisions a second one core makes for a monitor with seven orders: in an unchanged world, which is what nearly every
 * check finds, and in one where a take-profit has filled. The cases take turns. Each decision gets what a check of the worker does: of
 * what is kept as one text (plan, states, instrument, position, orders) the very objects of the check before, as the store remembers
 * them; the snapshot, the executed sums and the prices made anew.
 */
export async function decideRate(): Promise<DecideFigures> {
  const monitor = atRest();
  const cases = [unchanged(monitor, 'tp-sl'), unchanged(monitor, 'limit-order'), filled(monitor)];
  for (let round = -WARM_ROUNDS; round < ROUNDS; round += 1) {
    for (const one of cases) {
      const seconds = secondsFor(one);
      if (round >= 0) one.secondsOf.push(seconds);
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
  const { state, actions } = decideOn(lane, snapshot, contexts);
  if (state !== contexts[lane].state || actions.length > 0) throw new Error(`${lane}: the monitor is not at rest`);
  return {
    what: `${lane}, nothing has changed`,
    goal: `>= ${figure(GOAL)}`,
    snapshot,
    decideOn: (read) => decideOn(lane, read, contexts).actions.length,
    secondsOf: [],
  };
}

/** The nearest take-profit fills: the stop moves, and the entries go. */
function filled(monitor: Monitor): Case {
  moveTo(monitor.venue, decimal('110'));
  const { snapshot, contexts } = factsOf(monitor);
  const decideFilled = (read: Snapshot): number => decide('tp-sl', read, contexts['tp-sl']).actions.length;
  if (decideFilled(snapshot) === 0) throw new Error('nothing follows from the fill');
  return { what: `tp-sl, a take-profit has filled`, goal: '', snapshot, decideOn: decideFilled, secondsOf: [] };
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
function secondsFor({ snapshot, decideOn: decideOnce }: Case): number {
  const expected = decideOnce(snapshot) * DECISIONS;
  let [actions, microseconds] = [0, 0];
  for (let made = 0; made < DECISIONS; made += AT_A_TIME) {
    const reads = Array.from({ length: AT_A_TIME }, () => readAnew(snapshot));
    const started = process.cpuUsage();
    for (const read of reads) actions += decideOnce(read);
    const { user, system } = process.cpuUsage(started);
    microseconds += user + system;
  }
  if (actions !== expected) throw new Error(`${actions} actions instead of ${expected}`);
  return microseconds / 1_000_000;
}

/** What the store makes of the replies of Redis: `readCheck` and `toSnapshot`. */
function readAnew(snapshot: Snapshot): Snapshot {
  const executed = new Map([...snapshot.executed].map(([by, sums]) => [by, { ...sums }]));
  const { prices } = snapshot;
  return { ...snapshot, executed, prices: prices && { ...prices } };
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
