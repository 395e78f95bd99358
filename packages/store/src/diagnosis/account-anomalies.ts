import { format, parseOrderLinkId } from '@backstop/core';
import type { OrderRow } from '@backstop/core';
import type { SlotRows } from '../account-rows.ts';
import { slotOf } from '../monitor-ref.ts';
import { accountConditions } from './account-conditions.ts';
import type { Anomaly } from './anomaly.ts';
import type { AccountFacts } from './find-anomalies.ts';
import { isPositionStop } from './orders-of.ts';

/** What is wrong with an account beside its monitors: what nobody attends, what nobody has read, what holds it back. */
export function accountAnomalies(facts: AccountFacts): readonly Anomaly[] {
  return [
    ...conditions(facts),
    ...unread(facts),
    ...facts.rows.slots.flatMap((slot) => [
      ...unattended(slot, facts),
      ...orphans(slot, facts),
      ...foreign(slot, facts),
    ]),
  ];
}

/** A pause is what KeyRefused and RateLimited come to: told once. */
function conditions({ account, nowMs }: AccountFacts): Anomaly[] {
  return accountConditions(account, nowMs)
    .filter(({ name }) => name !== 'Paused')
    .map(({ name, detail, next }) => ({ name, account: account.name, detail, backstop: next }));
}

function unread({ account, rows }: AccountFacts): Anomaly[] {
  if (rows.ageMs !== undefined) return [];
  const isIdle = account.monitors === 0;
  return [
    {
      name: 'AccountUnread',
      account: account.name,
      detail: isIdle
        ? 'it has no monitors, so it is read seldom, if at all: what it holds now is not known'
        : 'no whole reading of it is younger than 15 s or kept current by its stream: what it holds beside its monitors is not known',
      backstop: isIdle ? undefined : 'the next check that needs it reads it',
      operator: 'ask with --fresh',
    },
  ];
}

/** F-31: a position that no monitor attends. */
function unattended({ symbol, positionIdx, position }: SlotRows, facts: AccountFacts): Anomaly[] {
  if (position === undefined || position.size === 0n || isMonitored({ symbol, positionIdx }, facts)) return [];
  const stop = position.stopLoss === undefined ? 'WITHOUT a stop' : `with a stop at ${format(position.stopLoss)}`;
  const { side = 'no side', size, averagePrice } = position;
  return [
    {
      name: 'PositionWithoutMonitor',
      account: facts.account.name,
      symbol,
      positionIdx,
      detail: `${side} ${format(size)} at ${format(averagePrice)} is open ${stop}`,
      backstop: undefined,
      operator:
        'no plan attends it: look after it by hand or close it, unless its account is set to adopt such positions',
    },
  ];
}

/** Orders under our letters that no active plan wants. */
function orphans({ symbol, positionIdx, orders }: SlotRows, facts: AccountFacts): Anomaly[] {
  return orders.flatMap((row) => {
    const identity = parseOrderLinkId(row.orderLinkId);
    if (identity === undefined || identity.installation !== facts.installation) return [];
    if (isActive(identity.planId, facts)) return [];
    return [
      {
        name: 'OrphanOrder',
        account: facts.account.name,
        symbol,
        positionIdx,
        detail: `${row.orderLinkId}: ${describe(row)}, its plan is not active`,
        backstop: 'cancels it after 30 s where the archive knows its plan as closed',
        operator: 'cancel it on the exchange if it stays: its plan is unknown then',
      },
    ];
  });
}

/** S-24: orders of others, one line per place. */
function foreign({ symbol, positionIdx, orders }: SlotRows, facts: AccountFacts): Anomaly[] {
  const others = orders.filter((row) => !isPositionStop(row) && !isOurs(row, facts));
  const [first] = others;
  if (first === undefined) return [];
  const more = others.length === 1 ? '' : ` and ${others.length - 1} more`;
  return [
    {
      name: 'ForeignOrder',
      account: facts.account.name,
      symbol,
      positionIdx,
      detail: `${others.length} orders that are not ours: ${describe(first)}${more}`,
      backstop: 'counts what they may reduce, and never touches them',
      operator: 'cancel them on the exchange if they are not meant to be there',
    },
  ];
}

function isOurs({ orderLinkId }: OrderRow, { installation }: AccountFacts): boolean {
  return installation !== undefined && parseOrderLinkId(orderLinkId)?.installation === installation;
}

function isMonitored(place: Pick<SlotRows, 'symbol' | 'positionIdx'>, { account, monitors }: AccountFacts): boolean {
  return monitors.some(({ ref }) => ref.account === account.name && slotOf(ref) === slotOf(place));
}

function isActive(planId: string, { account, monitors }: AccountFacts): boolean {
  return monitors.some(({ ref }) => ref.account === account.name && ref.monitorId === planId);
}

function describe({ side, leavesQty, price, triggerPrice, reduceOnly, stopOrderType }: OrderRow): string {
  const level = triggerPrice ?? price;
  const kind = `${stopOrderType === '' ? '' : `${stopOrderType} `}${side}`;
  return `${kind} ${format(leavesQty)}${level === undefined ? '' : ` at ${format(level)}`}${reduceOnly ? ', reduce-only' : ''}`;
}
