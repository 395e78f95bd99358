import type { Execution } from '../../engine/model.ts';
import { executionRow } from '../../http/rows/execution-row.ts';
import { arranged } from './arranged.ts';

const NAMES = [
  'category',
  'symbol',
  'execId',
  'execPrice',
  'execQty',
  'orderId',
  'isMaker',
  'orderLinkId',
  'side',
  'execTime',
  'seq',
];

/** One row of the `execution.fast` topic. An order that was in the book before does not say its link id (reference D.4). */
export function fastFrameRow(execution: Execution, wasResting: boolean): Record<string, unknown> {
  const orderLinkId = execution.isMaker || wasResting ? '' : execution.orderLinkId;
  return arranged(NAMES, { ...executionRow(execution), category: 'linear', orderLinkId });
}
