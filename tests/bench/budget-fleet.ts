import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Fleet } from '../support/fleet.ts';
import { readTruth } from '../support/truth.ts';
import type { BudgetPhase, LaneWaits, ProcessPlace, ProcessResult } from './budget-phase.ts';
import type { Market } from './market.ts';

const PROGRAM = new URL('budget-process.ts', import.meta.url).pathname;

/** What a phase is for all processes together; each gets its part and a seed of its own. */
export type SharedPhase = Omit<BudgetPhase, 'seed'> & { readonly seed: number };

/** What the exchange says that a phase came to. */
export interface PhaseResult {
  readonly lanes: Readonly<Record<keyof ProcessResult['lanes'], LaneWaits>>;
  /** Requests that the exchange answered after the warm-up, a second. */
  readonly perSecond: number;
  /** Requests of the whole phase by outcome. */
  readonly outcomes: Readonly<Record<string, number>>;
}

export interface BudgetFleet extends AsyncDisposable {
  readonly run: (phase: SharedPhase) => Promise<PhaseResult>;
}

/** Starts processes that share one Redis and one address and work on the same accounts. */
export async function openBudgetFleet(fleet: Fleet, market: Market, processes: number): Promise<BudgetFleet> {
  const { accountsFile, accounts, symbols, url } = market;
  const place: ProcessPlace = { redisUrl: fleet.redisUrl, exchangeUrl: url, accountsFile, accounts, symbols };
  const children = Array.from({ length: processes }, () => fork(PROGRAM, [JSON.stringify(place)]));
  await Promise.all(children.map((child) => answer(child)));
  return {
    run: async (phase) => {
      const before = await outcomesOf(url);
      const running = children.map((child, at) => ask(child, partOf(phase, at, processes)));
      const perSecond = await rateAfter(url, phase);
      const results = await Promise.all(running);
      return { lanes: joined(results), perSecond, outcomes: difference(before, await outcomesOf(url)) };
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(children.map(end));
    },
  };
}

function partOf(phase: SharedPhase, at: number, processes: number): BudgetPhase {
  return { ...phase, seed: phase.seed * processes + at, perSecond: phase.perSecond / processes };
}

async function rateAfter(url: string, { warmMs, lengthMs }: SharedPhase): Promise<number> {
  await elapsed(warmMs);
  const [before, startedMs] = [await outcomesOf(url), performance.now()];
  await elapsed(lengthMs - warmMs);
  const [after, endedMs] = [await outcomesOf(url), performance.now()];
  const all = Object.values(difference(before, after)).reduce((total, count) => total + count, 0);
  return (1_000 * all) / (endedMs - startedMs);
}

function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

async function ask(child: ChildProcess, phase: BudgetPhase): Promise<ProcessResult> {
  const answered = answer(child);
  child.send(phase);
  return (await answered) as ProcessResult;
}

/** The next thing that a process says; rejects when it ends instead. */
function answer(child: ChildProcess): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const onExit = (): void => reject(new Error('a process of the benchmark ended'));
  child.once('exit', onExit);
  child.once('message', (message) => {
    child.off('exit', onExit);
    resolve(message);
  });
  return promise;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.disconnect();
  await exited;
}

type Outcomes = Readonly<Record<string, number>>;

async function outcomesOf(url: string): Promise<Outcomes> {
  const { all: _all, ...outcomes } = (await readTruth(url)).requestTotals;
  return outcomes;
}

function difference(before: Outcomes, after: Outcomes): Outcomes {
  const changed = Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)] as const);
  return Object.fromEntries(changed.filter(([, count]) => count > 0));
}

function joined(results: readonly ProcessResult[]): PhaseResult['lanes'] {
  const lane = (name: keyof PhaseResult['lanes']): LaneWaits => ({
    waitsMs: results.flatMap(({ lanes }) => lanes[name].waitsMs),
    unsent: results.reduce((total, { lanes }) => total + lanes[name].unsent, 0),
  });
  return {
    protective: lane('protective'),
    'take-profit': lane('take-profit'),
    entry: lane('entry'),
    'clean-up': lane('clean-up'),
    audit: lane('audit'),
  };
}
