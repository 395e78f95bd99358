import type { Action, PositionIdx } from '@backstop/core';
import { describeAction } from '../decisions/describe-action.ts';
import type { MonitorPicture } from '../monitor-picture.ts';
import type { OrdersOf } from './orders-of.ts';
import type { Outlook } from './outlook.ts';

/** Something that is not as it should be, by name, with its numbers and what becomes of it. */
export interface Anomaly {
  /** Stable, for scripts: `StopMissing`, `PositionWithoutMonitor`, or the name of a condition. */
  readonly name: string;
  readonly account: string;
  /** Absent where it is about the whole account. */
  readonly symbol?: string;
  readonly positionIdx?: PositionIdx;
  /** The monitor, where there is one. */
  readonly monitorId?: string;
  readonly detail: string;
  /** What Backstop does about it; undefined = nothing, it is up to the operator. */
  readonly backstop: string | undefined;
  /** What the operator has to do, where Backstop alone does not end it. */
  readonly operator?: string;
}

/** A monitor whose facts are known, as the rules of anomalies look at it. */
export interface Subject {
  readonly monitor: MonitorPicture;
  readonly outlook: Outlook;
  readonly orders: OrdersOf;
}

export interface Finding {
  readonly name: string;
  readonly detail: string;
  /** Which of the wanted actions end it. */
  readonly endedBy?: (action: Action) => boolean;
  /** What ends it where no action of this kind is wanted. */
  readonly otherwise?: { readonly backstop?: string; readonly operator?: string };
}

/** An anomaly of a monitor: what is done about it comes from what its next check wants. */
export function toAnomaly({ monitor, outlook }: Subject, { name, detail, endedBy, otherwise = {} }: Finding): Anomaly {
  const { account, symbol, positionIdx, monitorId } = monitor.ref;
  const remedies = outlook.wanted.filter(({ action }) => endedBy?.(action) === true);
  const told = remedies.map(({ action, held }) => `${describeAction(action)}${held === undefined ? '' : `: ${held}`}`);
  const place = { name, account, symbol, positionIdx, monitorId, detail };
  if (told.length > 0) return { ...place, backstop: told.join('; ') };
  const reads = outlook.readsFirst === undefined ? undefined : `reads ${outlook.readsFirst}, then decides`;
  const { backstop = reads, operator } = otherwise;
  return { ...place, backstop, ...(operator !== undefined && { operator }) };
}
