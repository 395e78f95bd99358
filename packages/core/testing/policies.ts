import * as fc from 'fast-check';
import type { Decimal, ExternalChanges, Plan, TimeLimit, TrailingPolicy } from './core.ts';

/** The same plan with exit policies: steps, a trailing stop, a time limit, and what holds when others change something. */
export function withPolicies(plan: Plan, unit: Decimal): fc.Arbitrary<Plan> {
  const away = plan.side === 'Buy' ? unit : -unit;
  const activePrice = (plan.referencePrice ?? 0n) + away * 3n;
  return fc
    .record({
      steps: fc.constantFrom(undefined, 'exit' as const, 'keep' as const),
      trailingStop: fc.constantFrom<TrailingPolicy | undefined>(
        undefined,
        { distance: unit },
        { distance: unit * 2n, afterTakeProfit: 1 },
        { distance: unit, activePrice },
      ),
      timeLimit: fc.constantFrom<TimeLimit | undefined>(
        undefined,
        { afterMs: 20_000, action: 'close' },
        { afterMs: 2_000, action: 'tighten' },
      ),
      externalChanges: fc.constantFrom<ExternalChanges | undefined>(
        undefined,
        { policy: 'respect' },
        { policy: 'reassert', mostReassertions: 1, withinMs: 20_000 },
      ),
    })
    .map(({ steps, trailingStop, timeLimit, externalChanges }) => ({
      ...plan,
      stopLoss: { ...plan.stopLoss, ...(steps !== undefined && { steps: { ifThrough: steps } }) },
      ...(trailingStop !== undefined && { trailingStop }),
      ...(timeLimit !== undefined && { timeLimit }),
      ...(externalChanges !== undefined && { externalChanges }),
    }));
}
