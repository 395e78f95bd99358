/** What one position, and so one plan, is known by. */
export interface Slot {
  readonly account: string;
  readonly symbol: string;
  readonly positionIdx: number;
}

export function isSame(a: Slot, b: Slot): boolean {
  return a.account === b.account && a.symbol === b.symbol && a.positionIdx === b.positionIdx;
}
