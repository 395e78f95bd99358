import type { Plan } from '@backstop/core';
import { planIdOf, readPlanFile, TAKER_FEE_RATE, withBalances } from '@backstop/intake';
import type { ListedInstrument, PlanFileOptions, PlanFileResult, ReadBalances, Workload } from '@backstop/intake';
import type { PlanMemory } from './plan-memory.ts';

/** What the exchange lists; without instruments, a simulated one lists what the plan file says. */
export interface Listed {
  readonly instruments?: ReadonlyMap<string, ListedInstrument>;
  readonly faults: readonly string[];
}

export interface PlanSource {
  readonly text: string;
  readonly memory: PlanMemory;
  readonly nowMs: number;
  readonly list: () => Promise<Listed>;
  /** undefined = there are no keys to read balances with, which is a fault of its own. */
  readonly readBalances: ReadBalances | undefined;
}

export interface Moment {
  /** Ids of plans that were accepted before. */
  readonly known: ReadonlySet<string>;
  /** Plans that are active. */
  readonly existing: readonly Plan[];
  /** Redis time, ms. */
  readonly now: () => Promise<number>;
  /** Reads balances as of the moment; undefined = as at first. */
  readonly readBalances?: ReadBalances | undefined;
}

/** The plans that are not known yet, as of the moment: their deadlines count from it. None of them where there are faults. */
export interface Judgement {
  readonly plans: readonly Plan[];
  readonly faults: readonly string[];
}

export interface FirstJudgement {
  /** undefined = there are faults. */
  readonly workload: Workload | undefined;
  readonly faults: readonly string[];
  /** Judges the plans that are new, once that is known. Their ids are those of the workload. */
  readonly judge: (moment: Moment) => Promise<Judgement>;
}

/**
 * Judges plans before anything is started. Over a kept state, by the file alone: a plan may have been accepted long ago, and
 * what price, deadlines and trading rules are now says nothing against it.
 */
export async function judgePlans(source: PlanSource): Promise<FirstJudgement> {
  const { memory, nowMs, list } = source;
  const listed = memory.isKept ? NOT_LISTED : await list();
  const result = memory.isKept
    ? read(source, { nowMs, ...listed, judgedBy: 'file' })
    : await sized(source, { nowMs, ...listed }, source.readBalances);
  const workload = result.ok ? result.workload : undefined;
  return {
    workload,
    faults: [...listed.faults, ...faultsOf(result)],
    judge: async ({ known, existing, now, readBalances = source.readBalances ?? readNothing }) => {
      if (workload?.plans.every(({ id }) => known.has(id)) !== false) return { plans: [], faults: [] };
      const market = memory.isKept ? await list() : listed;
      if (market.faults.length > 0) return { plans: [], faults: market.faults };
      const again = await sized(source, { nowMs: await now(), ...market, existing, leftOut: known }, readBalances);
      return { plans: again.ok ? again.workload.plans : [], faults: faultsOf(again) };
    },
  };
}

const NOT_LISTED: Listed = { instruments: new Map(), faults: [] };

type Reading = Pick<PlanFileOptions, 'nowMs' | 'instruments' | 'existing' | 'judgedBy' | 'leftOut' | 'balances'>;

/** To accept a plan by a size that nobody knows is a fault of the plan. */
const readNothing: ReadBalances = () => Promise.resolve(new Map());

/** Without a reader, sizes by a share of the balance are left open. */
function sized(source: PlanSource, reading: Reading, readBalances: ReadBalances | undefined): Promise<PlanFileResult> {
  if (readBalances === undefined) return Promise.resolve(read(source, { ...reading, balances: 'not-asked' }));
  return withBalances((balances) => read(source, { ...reading, balances }), readBalances);
}

function read({ text, memory }: PlanSource, reading: Reading): PlanFileResult {
  return readPlanFile(text, {
    ...reading,
    newPlanId: (plan) => planIdOf(plan, memory.run),
    takerFeeRate: TAKER_FEE_RATE,
  });
}

function faultsOf(result: PlanFileResult): readonly string[] {
  if (result.ok) return [];
  return result.faults.map(({ path, message }) => (path === '' ? `--plans: ${message}` : `${path}: ${message}`));
}
