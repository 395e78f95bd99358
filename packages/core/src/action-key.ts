import type { Action } from './decision.ts';
import { format } from './decimal.ts';
import type { Decimal } from './decimal.ts';

/**
 * What one action wants, as text: attempts are counted per wanted thing, so that a new quantity or level starts afresh
 * while the same one is not repeated for ever (F-24).
 */
export function actionKey(action: Action): string {
  switch (action.type) {
    case 'set-stop':
      return action.stop.trailing === undefined
        ? setStopKey(action.stop.triggerPrice)
        : `set-trailing:${format(action.stop.trailing.distance)}`;
    case 'create':
      return `create:${action.leg}:${format(action.order.qty)}`;
    case 'amend': {
      const { qty, price, stopLoss } = action.amend;
      return `amend:${action.leg}:${[qty, price, stopLoss].map(text).join(':')}`;
    }
    case 'cancel':
      return `cancel:${action.leg}:${action.cancel.orderId}`;
    default:
      return action satisfies never;
  }
}

export function setStopKey(level: Decimal): string {
  return `set-stop:${format(level)}`;
}

function text(value: Decimal | undefined): string {
  return value === undefined ? '' : format(value);
}
