import type { Fault } from '@backstop/core';
import { z } from 'zod';
import { groupSchema } from './group-schema.ts';
import type { Group } from './group-schema.ts';
import { groupName } from './names.ts';
import { parseAnyway } from './parse-anyway.ts';

/** Groups by name; undefined = there is one of that name, and something is wrong with it. */
export type Groups = ReadonlyMap<string, Group | undefined>;

/** Reads the section `groups` of a plan file. Tells the faults of all groups at once. */
export function readGroups(section: Readonly<Record<string, unknown>> = {}): { groups: Groups; faults: Fault[] } {
  const groups = new Map<string, Group | undefined>();
  const faults: Fault[] = [];
  for (const [name, raw] of Object.entries(section)) {
    const { value, faults: own } = parseAnyway(groupSchema, raw, ['groups', name]);
    const repeated = listedTwice(raw, `groups.${name}`);
    faults.push(...nameFaults(name), ...own, ...repeated);
    groups.set(name, repeated.length === 0 ? value : undefined);
  }
  return { groups, faults };
}

function nameFaults(name: string): Fault[] {
  const { error } = groupName.safeParse(name);
  return (error?.issues ?? []).map(({ message }) => ({ path: `groups.${name}`, message }));
}

const looseGroup = z.looseObject({
  accounts: z.array(z.looseObject({ account: z.unknown() }).catch({ account: undefined })),
});

/** Looks for itself, so that what else is wrong with the group does not hide it. */
function listedTwice(raw: unknown, path: string): Fault[] {
  const accounts = (looseGroup.safeParse(raw).data?.accounts ?? []).map(({ account }) => account);
  return accounts.flatMap((account, index) =>
    typeof account !== 'string' || accounts.indexOf(account) === index
      ? []
      : [{ path: `${path}.accounts[${index}].account`, message: `${account} is listed twice` }],
  );
}
