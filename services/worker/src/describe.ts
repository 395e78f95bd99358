import type { ActionOutcome } from '@backstop/core';
import { describeAction } from '@backstop/store';

/** An action and what became of it as operators read it, with the exchange's words where it refused. */
export function describeOutcome(outcome: ActionOutcome): string {
  return `${describeAction(outcome.action)}: ${resultOf(outcome)}`;
}

function resultOf(outcome: ActionOutcome): string {
  switch (outcome.result) {
    case 'refused':
      return `refused as ${outcome.reason}, ${outcome.message}`;
    case 'id-ended':
      return `id used up by an order that is ${outcome.status}`;
    case 'done':
    case 'unsent':
    case 'unknown':
      return outcome.result;
    default:
      return outcome satisfies never;
  }
}
