import type { Decimal } from './decimal.ts';
import type { Executed, ExecutedBy } from './facts.ts';

export type ExecutedSums = ReadonlyMap<ExecutedBy, Executed>;

export const NOTHING: Executed = { qty: 0n, value: 0n, fee: 0n };

/** Sums over all entries of `executed` whose key satisfies `matches`. */
export function executedBy(executed: ExecutedSums, matches: (by: ExecutedBy) => boolean): Executed {
  let { qty, value, fee } = NOTHING;
  for (const [by, sums] of executed) {
    if (!matches(by)) continue;
    qty += sums.qty;
    value += sums.value;
    fee += sums.fee;
  }
  return { qty, value, fee };
}

export function isEntry(by: ExecutedBy): by is `e${number}` {
  return by.startsWith('e') && !by.startsWith('external');
}

export function isTakeProfit(by: ExecutedBy): by is `t${number}` {
  return by.startsWith('t');
}

/** Whether the position's stop or its trailing stop closed it. */
export function isStop(by: ExecutedBy): boolean {
  return by === 'stop' || by === 'stop-trailing';
}

/** Whether the plan answers for it: its entries, and what it adopted. */
export function isOwnOpening(by: ExecutedBy): boolean {
  return isEntry(by) || by === 'adopted';
}

/** Whether an order of ours executed, or the plan adopted it: what others do is not among these. */
export function isOwn(by: ExecutedBy): boolean {
  return isOwnOpening(by) || isTakeProfit(by) || by === 'x';
}

/** Whether it added to the position. */
export function isOpening(by: ExecutedBy): boolean {
  return isOwnOpening(by) || by === 'external-in';
}

/** What the executions say that the position's size should be, on whichever side it is. */
export function netQty(executed: ExecutedSums): Decimal {
  let net = 0n;
  for (const [by, { qty }] of executed) net += isOpening(by) ? qty : -qty;
  return net;
}
