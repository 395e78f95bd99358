import { format, type Action, type AmendSpec, type OrderSpec, type StopSpec } from '@backstop/core';

/** An action as operators read it, with its reason. */
export function describeAction(action: Action): string {
  switch (action.type) {
    case 'set-stop':
      return `set stop ${stopText(action.stop)} (${action.reason})`;
    case 'create':
      return `create ${action.leg} ${orderText(action.order)} (${action.reason})`;
    case 'amend':
      return `amend ${action.leg} ${amendText(action.amend)} (${action.reason})`;
    case 'cancel':
      return `cancel ${action.leg} (${action.reason})`;
    default:
      return action satisfies never;
  }
}

function stopText({ triggerPrice, trailing }: StopSpec): string {
  return `${format(triggerPrice)}${trailing === undefined ? '' : `, trailing by ${format(trailing.distance)}`}`;
}

function orderText({ qty, price }: OrderSpec): string {
  const size = qty === 0n ? 'for the whole position' : format(qty);
  return `${size}${price === undefined ? '' : ` at ${format(price)}`}`;
}

function amendText({ qty, price, stopLoss }: AmendSpec): string {
  const changes = [qty && `to ${format(qty)}`, price && `at ${format(price)}`, stopLoss && `stop ${format(stopLoss)}`];
  return changes.filter(Boolean).join(', ');
}
