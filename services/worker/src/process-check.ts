import { decide, settle, type ActionOutcome } from '@backstop/core';
import type { Carried, Check, Desk, Facts } from '@backstop/desk';
import type { Details, Notes } from '@backstop/runtime';
import { setDueNow, touchChecked, type Redis } from '@backstop/store';
import { describeOutcome } from './describe.ts';
import { nextDueInMs } from './next-due.ts';
import type { Touched } from './open-touches.ts';
import { recordDecision } from './record-decision.ts';
import { tellDecision } from './tell-decision.ts';

export interface CheckDeps {
  readonly redis: Redis;
  readonly desk: Desk;
  readonly installation: string;
  readonly log: Pick<Notes, 'info' | keyof Details>;
  readonly decided: () => void;
  /** Records a check that changed nothing. Absent = it is recorded before the check ends. */
  readonly touch?: (check: Check, touched: Touched) => void;
}

/** How one job ended, for the metrics: `held` = everything that it wanted to send has to wait. */
export type CheckOutcome = 'unchanged' | 'acted' | 'held' | 'changed' | 'waiting' | 'unknown' | 'gone';

const NOTHING: Carried = { outcomes: [], budgetInMs: undefined };

/**
 * One check of one lane of a monitor: read all facts, decide, send the difference, record. Holds no state of its own: killed
 * anywhere, the next check sends what is left (DESIGN section 3).
 */
export async function processCheck(check: Check, deps: CheckDeps): Promise<CheckOutcome> {
  const reading = await deps.desk.read(check);
  switch (reading.kind) {
    case 'gone':
    case 'waiting':
      return reading.kind;
    case 'unknown':
      await touch(check, { dueInMs: reading.retryInMs, made: false }, deps);
      return 'unknown';
    case 'facts':
      return decideAndRecord(check, reading, deps);
    default:
      return reading satisfies never;
  }
}

async function decideAndRecord(check: Check, facts: Facts, deps: CheckDeps): Promise<CheckOutcome> {
  const { lane, ref } = check;
  const { plan, states, snapshot, nowMs } = facts;
  const { installation } = deps;
  const context = { plan, tpSl: states['tp-sl'], limitOrder: states['limit-order'], installation, nowMs };
  const decision = decide(lane, snapshot, { ...context, state: states[lane] });
  deps.decided();
  tellDecision(check, facts, deps.log);

  // What a dead job had under way is closed here even where nothing is left to send: its rows were read after its deadline.
  const hasWork = decision.actions.length > 0 || facts.settledIntents.length > 0;
  const carried = hasWork ? await deps.desk.act(check, facts, decision.actions) : NOTHING;
  const state = settle(lane, decision.state, carried.outcomes, nowMs);
  const dueInMs = nextDueInMs(decision, carried, facts);
  const sent = carried.outcomes.filter(({ result }) => result !== 'unsent');
  const changed = decision.events.length > 0 || state !== states[lane];
  if (!changed && sent.length === 0) {
    await touch(check, { dueInMs }, deps);
    return decision.actions.length === 0 ? 'unchanged' : 'held';
  }

  await recordDecision(check, facts, { decision, context, sent, state, dueInMs }, deps.redis);
  if (sent.some(isNewEntry)) await setDueNow(deps.redis, ref, 'tp-sl'); // it may fill at once: its ladder is the other lane's
  if (sent.length === 0) return 'changed';

  const { monitorId, account, symbol } = ref;
  deps.log.info({ monitorId, account, symbol, lane, actions: sent.map(describeOutcome) }, 'monitor decided');
  return 'acted';
}

async function touch(check: Check, touched: Touched, deps: CheckDeps): Promise<void> {
  if (deps.touch === undefined) await touchChecked(deps.redis, check.ref, check.lane, touched);
  else deps.touch(check, touched);
}

function isNewEntry({ action, result }: ActionOutcome): boolean {
  return result === 'done' && action.type === 'create' && action.leg.startsWith('e');
}
