import { setTimeout as pause } from 'node:timers/promises';
import Table from 'cli-table3';
import { startFleet } from '../support/fleet.ts';
import { openBudgetFleet, type PhaseResult, type SharedPhase } from './budget-fleet.ts';
import { EXCHANGE_LIMIT } from './exchange-limit.ts';
import { isSmall } from './is-small.ts';
import { startMarket } from './market.ts';
import { median, percentile } from './median.ts';
import { post, setLimits, standingPlans, standPositions } from './standing-positions.ts';

const PROCESSES = isSmall ? 2 : 8;
const SIZE = { accounts: 20, symbols: 5 } as const;
const REPEATS = isSmall ? 1 : 3;
/** The windows of the address are full by then. */
const WARM_MS = 7_000;
const MEASURE_MS = isSmall ? 5_500 : 22_000;
const CONTROL_MS = isSmall ? 5_000 : 12_000;
const CAPACITY_MS = 11_000;
/** A ban lasts ten minutes; here it ends before the next phase, and the control goes on after its first. */
const BAN_MS = 1_000;
/** Longer than the exchange's windows. */
const REST_MS = 5_500;
const OFFERED = 0.95;
/** With all other lanes full: what is never lent to them is 20 %. */
const OFFERED_BESIDE_FULL_LANES = 0.15;
/** There and back; what counts at the exchange is when requests come, so the way must vary. */
const LATENCY = { kind: 'latency', medianMs: 40, p99Ms: 120 } as const;
/** Of each process. */
const FULL = { protective: 6, 'take-profit': 4, entry: 4, audit: 4 } as const;

interface BudgetFigures {
  readonly processes: number;
  readonly medians: Readonly<Record<string, number>>;
  readonly runs: readonly object[];
}

type Sample = Readonly<Record<string, number>>;

/**
 * The call budget of several processes on one address: what it lets through at most, how long protective calls wait at 95 % of
 * that while the audit lane is full, how long where all other lanes are full, and what the same calls come to without it. What
 * the exchange refused is counted by the exchange.
 */
export async function budget(): Promise<BudgetFigures> {
  const samples: Sample[] = [];
  for (let nth = 1; nth <= REPEATS; nth += 1) {
    samples.push(await sample(nth));
    process.stdout.write(`${nth} of ${REPEATS}: ${JSON.stringify(samples.at(-1))}\n`);
  }
  const names = Object.keys(samples[0] ?? {});
  const medians = Object.fromEntries(names.map((name) => [name, joined(name, samples)]));
  const figures = { processes: PROCESSES, medians, runs: samples };
  print(figures);
  return figures;
}

/** The median; of what must not happen at all, how often it did in all runs. */
function joined(name: string, samples: readonly Sample[]): number {
  const values = samples.map((figures) => figures[name] ?? Number.NaN);
  return /10006|403|Unsent/.test(name) ? values.reduce((total, value) => total + value, 0) : median(values);
}

async function sample(seed: number): Promise<Sample> {
  await using market = await startMarket(SIZE);
  await using fleet = await startFleet({ exchangeUrl: market.url, accountsFile: market.accountsFile });
  await standPositions(market, standingPlans(market));
  await setLimits(market, true);
  await post(market.url, 'faults', { faults: [LATENCY] });
  await post(market.url, 'options', { limits: { addressBanMs: BAN_MS } });
  await using processes = await openBudgetFleet(fleet, market, PROCESSES);
  const run = async (phase: SharedPhase): Promise<PhaseResult> => {
    await fleet.redis.flushall(); // what one phase was refused is no matter of the next
    await pause(REST_MS);
    return processes.run(phase);
  };

  const saturated = await run(saturate(seed));
  const most = saturated.perSecond;
  const busy = await run(atMost(seed, most));
  const beside = await run(besideFullLanes(seed, most));
  const control = await run(without(seed, most));
  return {
    capacityPerSecond: rounded(most, 1),
    capacityToExchange: rounded((most * EXCHANGE_LIMIT.windowMs) / (1_000 * EXCHANGE_LIMIT.calls), 3),
    capacity10006: saturated.outcomes['10006'] ?? 0,
    capacity403: saturated.outcomes['403'] ?? 0,
    offeredPerSecond: rounded(OFFERED * most, 1),
    ...named('busy', busy),
    ...named('beside', beside),
    ...named('control', control),
  };
}

const measured = { limited: true, lengthMs: WARM_MS + MEASURE_MS, warmMs: WARM_MS } as const;

function saturate(seed: number): SharedPhase {
  const lengthMs = WARM_MS + CAPACITY_MS;
  return { ...measured, lengthMs, seed, perSecond: 0, full: { protective: FULL.protective } };
}

function atMost(seed: number, most: number): SharedPhase {
  return { ...measured, seed, perSecond: OFFERED * most, full: { audit: FULL.audit } };
}

function besideFullLanes(seed: number, most: number): SharedPhase {
  const { protective: _own, ...others } = FULL;
  return { ...measured, seed, perSecond: OFFERED_BESIDE_FULL_LANES * most, full: others };
}

/** The same calls as at 95 %. */
function without(seed: number, most: number): SharedPhase {
  return { ...atMost(seed, most), limited: false, lengthMs: CONTROL_MS, warmMs: 0 };
}

function named(phase: string, { lanes, perSecond, outcomes }: PhaseResult): Sample {
  const { waitsMs, unsent } = lanes.protective;
  const refused = lanes.audit.unsent + lanes['take-profit'].unsent + lanes.entry.unsent;
  return {
    [`${phase}PerSecond`]: rounded(perSecond, 1),
    [`${phase}Calls`]: waitsMs.length,
    [`${phase}WaitP50Ms`]: rounded(percentile(waitsMs, 50), 1),
    [`${phase}WaitP99Ms`]: rounded(percentile(waitsMs, 99), 1),
    [`${phase}WaitMaxMs`]: rounded(Math.max(...waitsMs), 1),
    [`${phase}Unsent`]: unsent,
    [`${phase}AuditSent`]: lanes.audit.waitsMs.length - lanes.audit.unsent,
    [`${phase}OthersUnsent`]: refused,
    [`${phase}10006`]: outcomes['10006'] ?? 0,
    [`${phase}403`]: outcomes['403'] ?? 0,
  };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

function print({ medians }: BudgetFigures): void {
  const head = [`${PROCESSES} processes, one address`, 'at 95 %', 'all other lanes full', 'without', 'goal'];
  const table = new Table({ head });
  const row = (what: string, field: string, goal = ''): void => {
    table.push([what, ...['busy', 'beside', 'control'].map((phase) => medians[`${phase}${field}`] ?? ''), goal]);
  };
  row('requests a second at the exchange', 'PerSecond');
  row('protective calls', 'Calls');
  row('protective wait p50, ms', 'WaitP50Ms');
  row('protective wait p99, ms', 'WaitP99Ms', '<= 1000');
  row('protective wait, longest, ms', 'WaitMaxMs');
  row('protective calls that gave up after 2 s', 'Unsent', '0');
  row('audit calls that were let through', 'AuditSent');
  row('calls of other lanes that were not', 'OthersUnsent');
  row('10006', '10006', '0, 0, > 0');
  row('HTTP 403', '403', '0, 0, > 0');
  const { capacityPerSecond, capacityToExchange, capacity10006, capacity403, offeredPerSecond } = medians;
  const lines = [
    `the limiter lets ${capacityPerSecond} calls a second through, ${capacityToExchange} of the exchange's (goal >= 0.9)`,
    `10006 ${capacity10006}, HTTP 403 ${capacity403} while it is asked for more than that; 95 % is ${offeredPerSecond} a second`,
  ];
  process.stdout.write(`${table.toString()}\n${lines.join('\n')}\n`);
}
