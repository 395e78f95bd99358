import { z } from 'zod';
import { accountName } from './names.ts';

/** The account names in a plan file, as far as it can be read: so that their keys can be checked beside its other faults. */
export function namedAccounts(text: string): string[] {
  const file = looseFile.safeParse(parse(text));
  if (!file.success) return [];
  const { accounts, plans, groups } = file.data;
  const used = new Set(plans.map(({ group }) => group));
  const members = Object.entries(groups).flatMap(([name, group]) => (used.has(name) ? group.accounts : []));
  const names = [...accounts, ...plans.map(({ account }) => account), ...members.map(({ account }) => account)];
  return [...new Set(names.filter((name) => accountName.safeParse(name).success))].map(String);
}

const place = z.looseObject({ account: z.unknown().optional(), group: z.unknown().optional() }).catch({});

const looseFile = z.looseObject({
  accounts: z.array(z.unknown()).catch([]),
  plans: z.array(place).catch([]),
  groups: z.record(z.string(), z.looseObject({ accounts: z.array(place).catch([]) }).catch({ accounts: [] })).catch({}),
});

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
