import type { AccountPlanInput } from './plan-schema.ts';
import { PRESETS } from './presets.ts';

/** The plan with what its preset says where it says nothing itself. */
export function withPreset(input: AccountPlanInput): AccountPlanInput {
  if (input.preset === undefined) return input;
  const { distribution, steps, ...fields } = PRESETS[input.preset];
  const { takeProfits, stopLoss } = input;
  const hasDeadline = input.deadline !== undefined;
  return {
    ...fields,
    ...(hasDeadline && { deadlineSeconds: undefined }),
    ...input,
    takeProfits: Array.isArray(takeProfits) ? takeProfits : { distribution, ...takeProfits },
    stopLoss: { ...(steps !== undefined && { steps }), ...stopLoss },
  };
}
