import type { Action } from '@backstop/core';
import { largestCost } from '@backstop/store';

/** A request to be: actions of one kind that go out together. */
export type Batch = readonly [Action, ...Action[]];

/**
 * Cuts the actions into requests without changing their order (S-15): neighbours of one kind and budget lane share a batch.
 * No batch is larger than its lane may ever be granted at once. The stop is always alone, and so is an exit: nothing may delay or fail with it.
 */
export function batches(actions: readonly Action[]): readonly Batch[] {
  const cut: [Action, ...Action[]][] = [];
  for (const action of actions) {
    const last = cut.at(-1);
    if (last !== undefined && fits(last, action)) last.push(action);
    else cut.push([action]);
  }
  return cut;
}

function fits(batch: Batch, action: Action): boolean {
  const [first] = batch;
  if (
    first.type !== action.type ||
    first.budget !== action.budget ||
    batch.length >= largestCost('order-create-batch', first.budget)
  )
    return false;
  return action.type !== 'set-stop' && !isExit(first) && !isExit(action);
}

function isExit(action: Action): boolean {
  return action.type === 'create' && action.leg === 'x';
}
