import { settle, toJson, type ActionOutcome, type Lane, type LaneStates, type MonitorEvent } from '@backstop/core';
import type { Check, Facts } from '@backstop/desk';
import { peekCheck, recordCheck, type Redis } from '@backstop/store';
import { describeOutcome } from './describe.ts';

/** What a check came to. `sent` = every action that left this process, or tried to. */
export interface CheckResult {
  readonly events: readonly MonitorEvent[];
  readonly sent: readonly ActionOutcome[];
  readonly state: LaneStates[Lane];
  readonly dueInMs: number | undefined;
}

/**
 * Records state, events and decision against the version that was read. When somebody else recorded meanwhile, the outcome of
 * what was sent is merged into their state: nothing is decided again, and nothing that was sent is forgotten (DESIGN 3.5).
 */
export async function recordDecision(check: Check, facts: Facts, result: CheckResult, redis: Redis): Promise<void> {
  const { ref, lane, token } = check;
  const { events, sent, state, dueInMs } = result;
  const closed = 'stage' in state && state.stage === 'closed';
  const recorded = await recordCheck(redis, {
    ref,
    lane,
    token,
    events,
    closed,
    dueInMs: closed ? undefined : dueInMs,
    version: facts.versions[lane],
    state: toJson(state),
    ...(sent.length > 0 ? { decision: decisionRecord(facts, sent) } : {}),
  });
  if (recorded === 'conflict' && sent.length > 0) await mergeOutcomes(check, facts, result, redis);
}

async function mergeOutcomes(check: Check, facts: Facts, { sent, dueInMs }: CheckResult, redis: Redis): Promise<void> {
  const { ref, lane, token } = check;
  const { state, version } = (await peekCheck(redis, ref)).states[lane];
  if (state === undefined) return;

  const merged = toJson(settle(lane, state, sent, facts.nowMs));
  await recordCheck(redis, { ref, lane, token, version, state: merged, events: [], dueInMs });
}

/** What the archive keeps of a decision: the ages of its inputs, the position that it saw, and what became of each action. */
function decisionRecord({ snapshot, nowMs }: Facts, sent: readonly ActionOutcome[]): object {
  const { position, orders, positionAtMs, ordersAtMs, executionsSeq, prices } = snapshot;
  return {
    atMs: nowMs,
    inputs: { positionAtMs, ordersAtMs, executionsSeq, priceAtMs: prices?.atMs ?? null, position, orders },
    actions: sent.map(({ action }) => action),
    outcomes: sent.map(describeOutcome),
  };
}
