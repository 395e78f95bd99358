import type { Fault, Mirror } from '@backstop/core';
import type { Member } from './group-schema.ts';
import type { AccountPlanInput, PlanInput } from './plan-schema.ts';
import type { Groups } from './read-groups.ts';

/** A plan of the right shape, and its place in the file, which fault paths name. */
export interface Shaped {
  readonly index: number;
  readonly input: PlanInput;
}

/** What becomes one plan of one account: a plan of the file, or one member's part of a group's plan. */
export interface Target {
  readonly index: number;
  readonly input: AccountPlanInput;
  readonly id: string;
  /** Of a group's plan: whose part it is, and its place in the group. */
  readonly mirror?: Pick<Mirror, 'group' | 'planId'> & { readonly member: Member; readonly memberIndex: number };
}

/**
 * One target for each account that a plan is for. A member's id follows from what the plan says, the group's name and its own
 * account, and from nothing else: another size rule or balance does not make the same trade again.
 */
export function targetsOf(
  plans: readonly Shaped[],
  groups: Groups,
  newPlanId: (plan: PlanInput) => string,
): { targets: Target[]; faults: Fault[] } {
  const faults: Fault[] = [];
  const targets = plans.flatMap(({ input, index }): Target[] => {
    const { account, group } = input;
    if (account !== undefined) return [{ index, input: { ...input, account }, id: newPlanId(input) }];
    if (group === undefined) return [];
    if (!groups.has(group)) faults.push({ path: `plans[${index}].group`, message: `unknown group ${group}` });

    const planId = newPlanId(input);
    return (groups.get(group)?.accounts ?? []).map((member, memberIndex) => {
      const own = { ...input, account: member.account };
      return { index, input: own, id: newPlanId(own), mirror: { group, planId, member, memberIndex } };
    });
  });
  return { targets, faults };
}

/** Where it stands in the file. */
export function placeOf({ index, mirror }: Target): string {
  return mirror === undefined ? `plans[${index}]` : `plans[${index}].group.accounts[${mirror.memberIndex}]`;
}
