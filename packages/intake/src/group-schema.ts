import { ONE } from '@backstop/core';
import type { Decimal, Mirror } from '@backstop/core';
import { z } from 'zod';
import { positive } from './decimals.ts';
import { accountName } from './names.ts';

const MOST_MEMBERS = 200;
/** Entries worth more than this times the balance are a percentage written for a share, not leverage. */
const MOST_SHARE = 10n * ONE;

const RULES = ['fixed', 'ratio', 'shareOfBalance'] as const satisfies readonly Mirror['rule'][];

/** By which rule the size of an account comes. */
export interface SizeRule {
  readonly rule: Mirror['rule'];
  /** As `Mirror.value`. */
  readonly value: Decimal;
}

export interface Member extends SizeRule {
  readonly account: string;
}

const member = z
  .strictObject({
    account: accountName,
    fixed: positive.optional(),
    ratio: positive.optional(),
    shareOfBalance: positive
      .refine(
        (share) => share <= MOST_SHARE,
        'expected a share of the balance, such as "0.25" for a quarter: at most 10',
      )
      .optional(),
  })
  .refine((given) => RULES.filter((rule) => given[rule] !== undefined).length === 1, {
    message: 'give one of fixed, ratio and shareOfBalance',
    when: ({ value }) => typeof value === 'object' && value !== null,
  })
  .transform((given): Member => {
    const rule = RULES.find((name) => given[name] !== undefined) ?? 'ratio';
    return { account: given.account, rule, value: given[rule] ?? ONE };
  });

/** The accounts that a plan of the group is for, each with the rule of its size. */
export const groupSchema = z.strictObject({
  note: z.string().optional(),
  accounts: z.array(member).min(1, 'expected at least one account').max(MOST_MEMBERS),
});

export type Group = z.output<typeof groupSchema>;
