import { isKnownKind, type Execution, type Plan } from '@backstop/core';
import { applyExecutions, getPlans, listActive, type ApplyResult, type MonitorRef } from '@backstop/store';
import { bookExecution, type PlanOfFills } from './book-execution.ts';
import type { DeskDeps } from './desk.ts';

/** The monitors of an account that are active, with their plans. */
export interface ActivePlans {
  readonly active: readonly MonitorRef[];
  readonly plans: readonly Plan[];
}

/** Whom executions may belong to. */
interface Books {
  readonly active: readonly MonitorRef[];
  readonly plans: readonly PlanOfFills[];
  /** It was read a while ago: nothing is booked where others are active on these symbols by now. */
  readonly asLongAsOn?: readonly string[];
}

export async function activePlans(account: string, { redis }: Pick<DeskDeps, 'redis'>): Promise<ActivePlans> {
  const active = await listActive(redis, account);
  const plans = await getPlans(redis, active);
  return { active, plans: plans.filter((plan) => plan !== undefined) };
}

/**
 * Books executions to the monitors that they belong to and adds each to its sums, once however often it is brought. Everything
 * up to `cursorMs` is in with them; undefined = only these are. Monitors that got something new are due now.
 */
export async function bookExecutions(
  account: string,
  { executions, cursorMs }: { readonly executions: readonly Execution[]; readonly cursorMs: number | undefined },
  { active, plans, asLongAsOn = [] }: Books,
  deps: Pick<DeskDeps, 'redis' | 'installation' | 'log'>,
): Promise<ApplyResult> {
  const booked = executions.map((execution) => bookExecution(execution, plans, deps.installation));
  tellUnknown(
    account,
    executions.filter((_execution, at) => booked[at] === undefined),
    deps,
  );
  return applyExecutions(deps.redis, account, {
    executions: booked.filter((execution) => execution !== undefined),
    cursorMs,
    active,
    asLongAsOn,
  });
}

/**
 * What is not booked because nobody knows its kind may have moved a position, and the cursor moves past it: this is all that
 * tells of it, each time that it is brought.
 */
function tellUnknown(account: string, unbooked: readonly Execution[], { log }: Pick<DeskDeps, 'log'>): void {
  for (const { execType, execId, symbol } of unbooked.filter((execution) => !isKnownKind(execution.execType))) {
    log.warn({ account, execType, execId, symbol }, 'execution of an unknown kind is not booked');
  }
}
