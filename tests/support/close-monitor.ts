import { initialState, toJson } from '@backstop/core';
import { readCheck, recordCheck, type MonitorRef, type Redis } from '@backstop/store';
import { expect } from 'vitest';

/** Ends a monitor without touching its orders. */
export async function closeMonitor(redis: Redis, ref: MonitorRef): Promise<void> {
  const { states } = await readCheck(redis, ref, 'tp-sl', 'token');
  const state = toJson({ ...initialState('tp-sl'), stage: 'closed' });
  const record = { ref, lane: 'tp-sl', token: 'token', version: states['tp-sl'].version, state } as const;
  expect(await recordCheck(redis, { ...record, events: [], dueInMs: undefined, closed: true })).toBe('recorded');
}
