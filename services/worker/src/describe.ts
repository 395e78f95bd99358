import { format, type Action, type ActionOutcome } from '@backstop/core';

/** An action and what became of it as operators read it, with the exchange's words where it refused. */
export function describeOutcome(outcome: ActionOutcome): string {
  return `${describeAction(outcome.action)}: ${resultOf(outcome)}`;
}

function describeAction(action: Action): string {
  switch (action.type) {
    case 'set-stop':
      return `set stop ${format(action.stop.triggerPrice)} (${action.reason})`;
    case 'create': {
      const { qty, price } = action.order;
      return `create ${action.leg} ${format(qty)}${price === undefined ? '' : ` at ${format(price)}`} (${action.reason})`;
    }
    case 'amend': {
      const { qty, price, stopLoss } = action.amend;
      const changes = [
        qty && `to ${format(qty)}`,
        price && `at ${format(price)}`,
        stopLoss && `stop ${format(stopLoss)}`,
      ].filter(Boolean);
      return `amend ${action.leg} ${changes.join(', ')} (${action.reason})`;
    }
    case 'cancel':
      return `cancel ${action.leg} (${action.reason})`;
    default:
      return action satisfies never;
  }
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
