import { num, type TrueFills } from './fills.ts';
import type { PlacedPlan } from './places.ts';

/** The first take-profit has all that it was to have. */
export function isFirstDone({ plan, contract }: PlacedPlan, { byLeg, entered }: TrueFills): boolean {
  const share = num(plan.takeProfits[0]?.share ?? 0n) * 1e6; // core counts in 1e-12, `num` in 1e-18
  return (
    entered > 0 && (byLeg.get('t1') ?? 0) > 0 && (byLeg.get('t1') ?? 0) >= share * entered - Number(contract.qtyStep)
  );
}
