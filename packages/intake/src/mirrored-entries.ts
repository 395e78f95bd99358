import { floorTo, ONE, sum } from '@backstop/core';
import type { Decimal } from '@backstop/core';
import type { SizeRule } from './group-schema.ts';
import type { PlanInput } from './plan-schema.ts';

type Entries = PlanInput['entries'];

export interface SizeFacts {
  readonly qtyStep: Decimal;
  /** The market's price now: what a market entry is worth. undefined = not known. */
  readonly price: Decimal | undefined;
  /** The account's equity, USDT; undefined = not known. */
  readonly balance: Decimal | undefined;
}

/**
 * The entries of one account of a group: the plan's, times what the account's rule comes to, each rounded down to the quantity
 * step, so that none is larger than its rule says, and all of them keep the plan's proportions to within a step. undefined
 * where the rule stands on a price or a balance that is not known.
 */
export function mirroredEntries(entries: Entries, rule: SizeRule, facts: SizeFacts): Entries | undefined {
  const factor = factorOf(entries, rule, facts);
  if (factor === undefined) return undefined;

  const { times, by } = factor;
  return entries.map((entry) => ({ ...entry, qty: floorTo((entry.qty * times) / by, facts.qtyStep) }));
}

/** As a fraction: a quotient of decimals would lose what the twelfth place does not hold. */
interface Factor {
  readonly times: bigint;
  readonly by: bigint;
}

function factorOf(entries: Entries, { rule, value }: SizeRule, facts: SizeFacts): Factor | undefined {
  switch (rule) {
    case 'ratio':
      return { times: value, by: ONE };
    case 'fixed':
      return { times: value, by: sum(entries.map(({ qty }) => qty)) };
    case 'shareOfBalance':
      return shareOf(entries, value, facts);
    default:
      return rule satisfies never;
  }
}

/** Both sides are products of two decimals, and so on one scale. */
function shareOf(entries: Entries, share: Decimal, { price, balance }: SizeFacts): Factor | undefined {
  if (price === undefined || balance === undefined) return undefined;
  const worth = sum(entries.map((entry) => entry.qty * (entry.type === 'Limit' ? entry.price : price)));
  return { times: share * (balance > 0n ? balance : 0n), by: worth };
}
