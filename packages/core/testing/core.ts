export * from '../src/index.ts';
export { executedBy, isEntry, isOpening, isTakeProfit } from '../src/executed.ts';
export { isThrough, isTighter, opposite } from '../src/level.ts';
