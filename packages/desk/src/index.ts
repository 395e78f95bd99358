export type { Carried } from './carry-out.ts';
export { openDesk, type Desk, type DeskDeps, type DeskObserver } from './desk.ts';
export type { Check, Facts, Reading } from './reading.ts';
export { refreshAccount } from './refresh-account.ts';
export { openReceipts, type Receipts } from './receipts.ts';
export { budgetedHooks, onLane, type RequestObserver } from './request-lane.ts';
