import type { PositionIdx } from '@backstop/core';

const POSITION_IDXS: ReadonlyMap<string, PositionIdx> = new Map([
  ['0', 0],
  ['1', 1],
  ['2', 2],
]);

/** Where a monitor lives: enough to build each of its keys without reading anything. */
export interface MonitorRef {
  readonly account: string;
  readonly symbol: string;
  readonly positionIdx: PositionIdx;
  readonly monitorId: string;
}

/** `SYMBOL:idx`: the slot of an account that one monitor at a time holds, and the field of everything kept per slot. */
export function slotOf({ symbol, positionIdx }: Pick<MonitorRef, 'symbol' | 'positionIdx'>): string {
  return `${symbol}:${positionIdx}`;
}

/** Reads `slotOf`'s text back. Throws RangeError for anything else. */
export function fromSlot(slot: string): Pick<MonitorRef, 'symbol' | 'positionIdx'> {
  const at = slot.lastIndexOf(':');
  const positionIdx = POSITION_IDXS.get(slot.slice(at + 1));
  if (at < 1 || positionIdx === undefined) throw new RangeError(`not a slot: ${JSON.stringify(slot)}`);
  return { symbol: slot.slice(0, at), positionIdx };
}

/** The ref as a member of due and checked sets. Account names and symbols never hold a `|` (checked where plans come in). */
export function toMember({ account, symbol, positionIdx, monitorId }: MonitorRef): string {
  return `${account}|${symbol}|${positionIdx}|${monitorId}`;
}

/** Reads `toMember`'s text back. Throws RangeError for anything else. */
export function fromMember(member: string): MonitorRef {
  const [account, symbol, idx = '', monitorId, ...rest] = member.split('|');
  const positionIdx = POSITION_IDXS.get(idx);
  if (!account || !symbol || !monitorId || rest.length > 0 || positionIdx === undefined) {
    throw new RangeError(`not a monitor: ${JSON.stringify(member)}`);
  }
  return { account, symbol, positionIdx, monitorId };
}
