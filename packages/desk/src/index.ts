export { auditAccount, auditExecutions, auditPositions, type Audited } from './audit-account.ts';
export { activePlans, bookExecutions, type ActivePlans } from './book-executions.ts';
export type { Carried } from './carry-out.ts';
export { openDesk, type Desk, type DeskDeps, type DeskObserver } from './desk.ts';
export type { Check, Facts, Reading } from './reading.ts';
export { reconcileAccount, type Reconciliation } from './reconcile-account.ts';
export { refreshAccount } from './refresh-account.ts';
export { openReceipts, type Receipts } from './receipts.ts';
export { budgetedHooks, onLane, type RequestObserver } from './request-lane.ts';
