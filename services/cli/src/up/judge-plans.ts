import type { Plan } from '@backstop/core';
import { planIdOf, readPlanFile, TAKER_FEE_RATE } from '@backstop/intake';
import type { ListedInstrument, PlanFileOptions, PlanFileResult, Workload } from '@backstop/intake';
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
}

export interface Moment {
  /** Ids of plans that were accepted before. */
  readonly known: ReadonlySet<string>;
  /** Plans that are active. */
  readonly existing: readonly Plan[];
  /** Redis time, ms. */
  readonly now: () => Promise<number>;
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
  const result = read(source, { nowMs, ...listed, judgedBy: memory.isKept ? 'file' : 'moment' });
  const workload = result.ok ? result.workload : undefined;
  return {
    workload,
    faults: [...listed.faults, ...faultsOf(result)],
    judge: async ({ known, existing, now }) => {
      if (workload?.plans.every(({ id }) => known.has(id)) !== false) return { plans: [], faults: [] };
      const market = memory.isKept ? await list() : listed;
      if (market.faults.length > 0) return { plans: [], faults: market.faults };
      const again = read(source, { nowMs: await now(), ...market, existing, leftOut: known });
      return { plans: again.ok ? again.workload.plans : [], faults: faultsOf(again) };
    },
  };
}

const NOT_LISTED: Listed = { instruments: new Map(), faults: [] };

type Reading = Pick<PlanFileOptions, 'nowMs' | 'instruments' | 'existing' | 'judgedBy' | 'leftOut'>;

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
