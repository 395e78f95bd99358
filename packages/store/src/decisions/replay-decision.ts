import { isDeepStrictEqual } from 'node:util';
import { decide, fromJson, toJson } from '@backstop/core';
import type { Action, Decision, Lane } from '@backstop/core';
import type { RecordedDecision } from './decision-record.ts';
import { describeAction } from './describe-action.ts';

/** What came out when a decision was made again. */
export interface Replay {
  readonly same: boolean;
  /** Actions, then conditions, as lines: `- ` was recorded and is not decided now, `+ ` is decided now. Empty = the same. */
  readonly differences: readonly string[];
}

/** Makes a recorded decision again on its recorded inputs: pure. `decideWith` is for rules other than those of this process. */
export function replayDecision(record: RecordedDecision, decideWith: typeof decide = decide): Replay {
  const again = decideAgain(record, decideWith);
  const differences = [...actionDifferences(record.actions, again.actions), ...conditionDifferences(record, again)];
  return { same: differences.length === 0, differences };
}

function decideAgain({ lane, inputs }: RecordedDecision, decideWith: typeof decide): Decision<Lane> {
  const { snapshot, context } = inputs;
  const state = lane === 'tp-sl' ? context.tpSl : context.limitOrder;
  return decideWith(lane, snapshot, { ...context, state });
}

function actionDifferences(before: readonly Action[], now: readonly Action[]): string[] {
  const count = Math.max(before.length, now.length);
  return Array.from({ length: count }, (_, at) => [before[at], now[at]] as const).flatMap(([was, is]) => {
    if (isDeepStrictEqual(plain(was), plain(is))) return [];
    const isAlike = was !== undefined && is !== undefined && describeAction(was) === describeAction(is);
    const text = isAlike ? toJson : describeAction;
    return [...(was === undefined ? [] : [`- ${text(was)}`]), ...(is === undefined ? [] : [`+ ${text(is)}`])];
  });
}

function conditionDifferences({ conditions: before }: RecordedDecision, { state }: Decision<Lane>): string[] {
  const [was, is] = [lines(before), lines(state.conditions)];
  return [
    ...was.filter((line) => !is.includes(line)).map((line) => `- ${line}`),
    ...is.filter((line) => !was.includes(line)).map((line) => `+ ${line}`),
  ];
}

function lines(conditions: RecordedDecision['conditions']): string[] {
  return Object.entries(conditions).map(([name, { detail }]) => `condition ${name}: ${detail}`);
}

/** As it comes back from its JSON: a key with undefined is no key. */
function plain(action: Action | undefined): unknown {
  return action === undefined ? undefined : fromJson<unknown>(toJson(action));
}
