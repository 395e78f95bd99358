import { toJson } from '@backstop/core';
import { expect, test } from 'vitest';
import { toArchiveRows } from '../src/archive/archive-rows.ts';

test('names that look like decimals are archived as they are', () => {
  const execution = { execId: '7d', orderLinkId: '100d', side: 'Buy', price: 5n * 10n ** 12n };
  const record = { account: '5d', symbol: 'ALICEUSDT', execId: '7d', timeMs: 1, seq: 2, monitorIds: ['aaaaaaaaaaaa'] };
  const json = toJson({ ...record, raw: toJson(execution) });
  const { executions, events } = toArchiveRows([{ id: '1-1', type: 'execution', json }], 'n:3');
  expect(events).toEqual([]);
  expect(executions).toMatchObject([{ account: '5d', exec_id: '7d', order_link_id: '100d', price: '5' }]);
});
