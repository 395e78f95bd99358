/**
 * `pnpm test:faults [--seeds N] [--from K] [--seed S] [--fault NAME] [--controls] [--redis N] [--sdk] [--jobs N]
 * [--report FILE] [--markdown] [--trace]`
 *
 * Plays seeded trading days of ten minutes in virtual time: the real core, desk and worker, against the simulator's engine, over
 * the twins of Redis and the queues; with --redis, so many of them on a real Redis too. Each seed has one fault. Exit code 1 when
 * a day shows what must never be, a control nothing, or a run over all faults never takes a branch that it is led to.
 */
import { writeFile } from 'node:fs/promises';
import Table from 'cli-table3';
import { BRANCH_NAMES, DIRECTED, sumBranches } from './branches.ts';
import type { Answer, Order } from './child.ts';
import { runControls, type ControlRow } from './controls.ts';
import { makeDay } from './day.ts';
import type { DayResult } from './day-result.ts';
import { FAULT_NAMES } from './fault-kinds.ts';
import { faultRows, showRows } from './fault-table.ts';
import { readOptions } from './options.ts';
import { playDays } from './play-days.ts';
import { CONTROLS } from './variants.ts';

interface Failure {
  readonly order: Order;
  readonly why: readonly string[];
}

const options = readOptions(process.argv.slice(2));
if (options.trace) await traceDays(options.orders);

const results: DayResult[] = [];
const failures: Failure[] = [];
const startedMs = performance.now();
await playDays(options.orders, options.jobs, note);
const seconds = (performance.now() - startedMs) / 1_000;
const controls = options.controls ? await runControls(Object.keys(CONTROLS), options.jobs).catch(noControls) : [];

const rows = faultRows(results).toSorted((a, b) => FAULT_NAMES.indexOf(a.fault) - FAULT_NAMES.indexOf(b.fault));
const perMinute = Math.round((options.orders.length / seconds) * 60);
const silent = controls.filter(({ shows }) => !shows);
const branches = sumBranches(results);
const unreached = options.reachesAll ? DIRECTED.filter((name) => branches[name] === 0) : [];
const failed = failures.length + silent.length + unreached.length;
say(showRows(rows, options));
if (controls.length > 0) say(controlTable(controls));
for (const failure of failures) say(describe(failure));
for (const { control, measure } of silent) say(`control ${control} shows nothing: ${measure}`);
say(`branches taken: ${BRANCH_NAMES.map((name) => `${name} ${branches[name]}`).join(', ')}`);
for (const name of unreached) say(`a branch that days are led to was never taken: ${name}`);
say(`${options.orders.length} days in ${seconds.toFixed(1)} s: ${perMinute} a minute in ${options.jobs} processes`);
const passed = options.orders.length + controls.length - failures.length - silent.length;
say(`${passed} passed, ${failed} failed`);
await keepReport();
process.exitCode = failed > 0 ? 1 : 0;

async function keepReport(): Promise<void> {
  if (options.report === undefined) return;
  const report = {
    passed,
    failed,
    perMinute,
    jobs: options.jobs,
    branches,
    unreached,
    rows,
    controls,
    failures,
    results,
  };
  await writeFile(options.report, `${JSON.stringify(report, null, 2)}\n`);
}

/** A control that cannot be played is a failure like any other, and keeps no other figure back. */
function noControls(error: unknown): readonly ControlRow[] {
  failures.push({ order: { seed: 0, fault: 'controls' }, why: [String(error)] });
  return [];
}

function note(order: Order, answer: Answer): void {
  const why = 'crash' in answer ? [answer.crash] : answer.result.violations;
  if ('result' in answer) results.push(answer.result);
  if (why.length > 0) failures.push({ order, why });
}

/** Plays them here, and tells everything that happens on them. */
async function traceDays(orders: readonly Order[]): Promise<never> {
  const { runDay } = await import('./run-day.ts'); // with everything that is judged: only here it is needed in this process
  for (const { seed, fault } of orders) {
    const tell = (atMs: number, line: string): void => say(`${(atMs / 1_000).toFixed(3).padStart(8)} ${line}`);
    say(JSON.stringify(await runDay(makeDay(seed, fault), { tell }), null, 2));
  }
  process.exit(0);
}

function describe({ order: { seed, fault, onServer }, why }: Failure): string {
  const lines = why.map((line) => `  ${line}`).join('\n');
  const where = onServer === true ? ' --seeds 0 --redis 1 --from' : ' --seed';
  return `seed ${seed} (${fault}) failed; again: npx -y pnpm@12 test:faults${where} ${seed} --fault ${fault}\n${lines}`;
}

function controlTable(found: readonly ControlRow[]): string {
  const table = new Table({ head: ['control', 'measure', 'without', 'with'], style: { head: [], border: [] } });
  table.push(...found.map((row) => [row.control, row.measure, `${row.without}`, `${row.with}`]));
  return table.toString();
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
