export { readAccountsFile } from './accounts-file.ts';
export type { Credentials } from './accounts-file.ts';
export { InputError } from './input-error.ts';
export { readAccounts } from './read-accounts.ts';
export type { AccountsQuery, AccountsResult } from './read-accounts.ts';
export { namedAccounts, readPlanFile } from './read-plan-file.ts';
export type { ListedInstrument, PlanFileOptions, PlanFileResult, Workload } from './read-plan-file.ts';
export { PLAN_DEFAULTS } from './to-plan.ts';
export type { PlanDefaults } from './to-plan.ts';
