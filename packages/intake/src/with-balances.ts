import type { Balances, PlanFileResult } from './read-plan-file.ts';

/** Asks the exchange for the equity of accounts. Answers for each of them; never rejects. */
export type ReadBalances = (accounts: readonly string[]) => Promise<Balances>;

/**
 * Reads plans, and where sizes depend on balances, once more with these. Balances are read here, when plans are about to be
 * accepted, and never by a decision: the size that comes of them is the plan's.
 */
export async function withBalances(
  read: (balances: Balances | 'not-asked') => PlanFileResult,
  readBalances: ReadBalances,
): Promise<PlanFileResult> {
  const unsized = read('not-asked');
  if (unsized.balancesOf.length === 0) return unsized;
  return read(await readBalances(unsized.balancesOf));
}
