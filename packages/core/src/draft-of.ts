import { progress } from './progress.ts';
import type { Draft } from './rule.ts';
import { RULES } from './rules/index.ts';
import type { View } from './view.ts';

/** Everything that is wanted now, for both lanes. */
export function draftOf(view: View): Draft {
  const blank: Draft = {
    tpSl: progress(view),
    stop: undefined,
    isStopHeld: false,
    trailing: undefined,
    takeProfits: undefined,
    exitNow: false,
    entries: new Map(),
    ended: view.limitOrder.ended,
    noEntries: undefined,
    conditions: new Map(),
  };
  return RULES.reduce((draft, rule) => rule(draft, view), blank);
}
