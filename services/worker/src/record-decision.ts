import { settle, toJson, type ActionOutcome, type Decision, type Lane, type LaneStates } from '@backstop/core';
import type { Check, Facts } from '@backstop/desk';
import {
  conditionChanges,
  decisionId,
  peekCheck,
  policyVersion,
  recordCheck,
  toStoredDecision,
  type CheckRecord,
  type DecisionInputs,
  type Redis,
} from '@backstop/store';
import { describeOutcome } from './describe.ts';

/** What a check came to. `sent` = every action that left this process, or tried to. */
export interface CheckResult {
  readonly decision: Decision<Lane>;
  /** What was decided on, beside the facts. */
  readonly context: DecisionInputs['context'];
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
  const { decision, sent, state, dueInMs } = result;
  const { events } = decision;
  const version = facts.versions[lane];
  const closed = 'stage' in state && state.stage === 'closed';
  const recorded = await recordCheck(redis, {
    ref,
    lane,
    token,
    version,
    events,
    closed,
    dueInMs: closed ? undefined : dueInMs,
    state: toJson(state),
    ...kept(check, facts, result, version),
  });
  if (recorded === 'conflict' && sent.length > 0) await mergeOutcomes(check, facts, result, redis);
}

async function mergeOutcomes(check: Check, facts: Facts, result: CheckResult, redis: Redis): Promise<void> {
  const { ref, lane, token } = check;
  const { sent, dueInMs } = result;
  const { state, version } = (await peekCheck(redis, ref)).states[lane];
  if (state === undefined) return;

  const merged = toJson(settle(lane, state, sent, facts.nowMs));
  const record = { ref, lane, token, version, state: merged, events: [], dueInMs };
  await recordCheck(redis, { ...record, ...kept(check, facts, result, version) });
}

/** A decision with an action or a changed condition is kept: whole for the archive, in short for those who look at the monitor. */
function kept(
  { lane }: Check,
  { states, snapshot, rows, nowMs }: Facts,
  { decision, context, sent }: CheckResult,
  version: number,
): Pick<CheckRecord, 'decision' | 'summary'> {
  const { conditions } = decision.state;
  const changes = conditionChanges(states[lane].conditions, conditions);
  if (sent.length === 0 && changes.raised.length === 0 && changes.cleared.length === 0) return {};

  const told = {
    id: decisionId(context.plan, lane, version + 1),
    lane,
    atMs: nowMs,
    outcomes: sent.map(describeOutcome),
  };
  const inputs = { rows, snapshot, context };
  return {
    decision: toStoredDecision({ ...told, policy: policyVersion(), inputs, actions: decision.actions, conditions }),
    summary: { ...told, ...changes },
  };
}
