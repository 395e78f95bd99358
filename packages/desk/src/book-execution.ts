import { attribute, isKnownKind, parseOrderLinkId, toJson, type Execution, type Plan } from '@backstop/core';
import type { AppliedExecution } from '@backstop/store';

/** An execution by orders of others, or by a position's stop, counts from this long before its plan was accepted: two clocks. */
const CLOCKS_MS = 1_000;

/** What of a plan says which executions are its own. */
export type PlanOfFills = Pick<Plan, 'id' | 'symbol' | 'positionIdx' | 'createdAtMs' | 'adopted'>;

/**
 * An execution with the monitor whose sums it belongs to: by its orderLinkId, else by the plan that is active on its symbol
 * and position and was there when it happened (the stop of an earlier plan is none of its business). undefined = not booked: it
 * belongs to nobody (a plan that is restored later finds it, for executions are then asked for from that plan on), or is of a kind
 * that nobody knows and not of an order of ours. What reads bring of the latter passes by: they bring it for another minute, the
 * overlap of two reads, and then no more, so whoever reads must tell of it.
 */
export function bookExecution(
  execution: Execution,
  plans: readonly PlanOfFills[],
  installation: string,
): AppliedExecution | undefined {
  const { execId, timeMs, seq, symbol, execType } = execution;
  const owner = ownerOf(execution, plans, installation);
  if (owner === undefined) return undefined;

  const parts = attribute(execution, { installation, planId: owner.id });
  if (parts.length === 0 && !isKnownKind(execType)) return undefined;
  return {
    execId,
    timeMs,
    seq,
    symbol,
    parts: parts.map((part) => ({ ...part, monitorId: owner.id })),
    raw: toJson(execution),
  };
}

function ownerOf(execution: Execution, plans: readonly PlanOfFills[], installation: string): PlanOfFills | undefined {
  const identity = parseOrderLinkId(execution.orderLinkId);
  const named = identity?.installation === installation ? plans.find(({ id }) => id === identity.planId) : undefined;
  return named ?? plans.find((plan) => wasThere(plan, execution) && isOn(plan, execution));
}

/** What brought a position to where it was adopted is in what was adopted, however lately it happened. */
function wasThere({ symbol, createdAtMs, adopted }: PlanOfFills, { symbol: on, seq, timeMs }: Execution): boolean {
  if (symbol !== on) return false;
  return adopted?.seq === undefined ? timeMs >= createdAtMs - CLOCKS_MS : seq > adopted.seq;
}

/** Whether a fill without our id moved this plan's position: executions carry no positionIdx (reference C.8). */
function isOn({ positionIdx }: PlanOfFills, { side, closedSize }: Execution): boolean {
  if (positionIdx === 0) return true;
  const opens = closedSize === 0n;
  const long = opens === (side === 'Buy');
  return positionIdx === (long ? 1 : 2);
}
