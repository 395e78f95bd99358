import { parseOrderLinkId } from '@backstop/core';
import { totalRequests } from './request-samples.ts';
import type { TrueExecution, Truth } from './simulator-client.ts';

/** Where the run stands, in one line. */
export function statusLine(truth: Truth): string {
  const { totals, executions } = truth;
  const legs = executions.map(legOf);
  const limitEntries = legs.filter((leg) => /^e([2-9]|\d\d)/.test(leg)).length;
  return [
    `${totals.openNow} open, ${totals.protectedNow} protected`,
    `TP1 ${legs.filter((leg) => leg === 't1').length}`,
    `entries ${limitEntries}`,
    `stops ${executions.filter(({ stopOrderType }) => stopOrderType !== '').length}`,
    `unprotected ${totals.unprotectedMs} ms`,
    `${totalRequests(truth)} requests`,
  ].join(' · ');
}

function legOf({ orderLinkId }: TrueExecution): string {
  return parseOrderLinkId(orderLinkId)?.leg ?? '';
}
