import type { InProcessSimulator } from '@backstop/simulator';

type Venue = InProcessSimulator['simulator']['engine']['venue'];
export type TrueAccount = NonNullable<ReturnType<Venue['accounts']['get']>>;
export type TrueExecution = TrueAccount['executions'][number];
export type WrongCancel = Venue['truth']['wrongCancels'][number];
export type TrueOrder = TrueAccount['orders'] extends ReadonlyMap<string, infer Order> ? Order : never;

/** The exchange keeps its numbers as whole parts of this. */
const ONE = 1e18;

/** Of the exchange's accounts. */
export const TAKER_RATE = 0.00055;

/** A quantity or price of the exchange as a number: near enough to compare with. */
export function num(value: bigint): number {
  return Number(value) / ONE;
}

/** Which plan and leg an order is for, as its id says; read here by the test itself. */
export function legOf(orderLinkId: string): { readonly planId: string; readonly leg: string } | undefined {
  const match = /^bs-[a-z2-7]{3}([a-z2-7]{12})-(e\d+|t\d+|x)-\d+-[0-9a-z]+$/.exec(orderLinkId);
  return match === null ? undefined : { planId: match[1] ?? '', leg: match[2] ?? '' };
}

/** What was really executed for one plan, leg by leg. */
export class TrueFills {
  readonly byLeg = new Map<string, number>();
  /** Each execution with what its leg had come to by then. */
  readonly history: { readonly leg: string; readonly total: number; readonly atMs: number }[] = [];
  entered = 0;
  enteredValue = 0;
  enteredFees = 0;

  /** What an entry closed of somebody else's position was never ours. */
  add(leg: string, { execQty, execValue, execFee, closedSize, atMs }: TrueExecution): void {
    const share = leg.startsWith('e') ? 1 - num(closedSize) / num(execQty) : 1;
    const qty = num(execQty) * share;
    this.byLeg.set(leg, (this.byLeg.get(leg) ?? 0) + qty);
    if (qty > 0) this.history.push({ leg, total: this.byLeg.get(leg) ?? 0, atMs });
    if (!leg.startsWith('e')) return;
    this.entered += qty;
    this.enteredValue += num(execValue) * share;
    this.enteredFees += num(execFee) * share;
  }

  /** Where closing costs nothing, fees included: average x (1 + fo) / (1 - fc), or the mirror of it (S-08). */
  breakeven(average: number, isLong: boolean, takerRate: number): number {
    const paid = this.enteredFees / this.enteredValue;
    return isLong ? (average * (1 + paid)) / (1 - takerRate) : (average * (1 - paid)) / (1 + takerRate);
  }
}

/** The average price of what is held: closing a part leaves it as it is. */
export function averageOf({ entryValue, size }: { readonly entryValue: bigint; readonly size: bigint }): number {
  return num(entryValue) / num(size);
}
