export { readAccountsFile } from './accounts-file.ts';
export type { Credentials } from './accounts-file.ts';
export { parseAdoptionFile, readAdoptionFile } from './adoption-file.ts';
export type { AdoptionOf } from './adoption-file.ts';
export { InputError } from './input-error.ts';
export { readAccounts } from './read-accounts.ts';
export type { AccountsQuery, AccountsResult } from './read-accounts.ts';
export { accountName, symbolName } from './names.ts';
export { newPlanId } from './new-plan-id.ts';
export { planIdOf } from './plan-id-of.ts';
export { planFileSchema } from './plan-schema.ts';
export { namedAccounts } from './named-accounts.ts';
export { readPlanFile, readPlanJson } from './read-plan-file.ts';
export type {
  Balance,
  Balances,
  ListedInstrument,
  PlanFileOptions,
  PlanFileResult,
  Workload,
} from './read-plan-file.ts';
export { REPORT, toFaults } from './to-faults.ts';
export { PLAN_DEFAULTS, TAKER_FEE_RATE } from './to-plan.ts';
export type { PlanDefaults } from './to-plan.ts';
export { withBalances } from './with-balances.ts';
export type { ReadBalances } from './with-balances.ts';
