import type { PrivateFrame } from '@backstop/core';
import type { Waiter } from '@backstop/store';
import type { KnownPlans } from './known-plans.ts';

/**
 * Who will have to look at what frames of executions tell, before Redis has said so: the monitor on their symbol, where it is the
 * only one there. Others are known by the reply.
 */
export function foreseen(frames: readonly PrivateFrame[], { active }: KnownPlans): readonly Waiter[] {
  const told = frames.flatMap((frame) => (frame.topic === 'execution' ? frame.rows : []));
  return [...new Set(told.map(({ symbol }) => symbol))].flatMap((symbol): readonly Waiter[] => {
    const [ref, ...others] = active.filter((monitor) => monitor.symbol === symbol);
    return ref === undefined || others.length > 0 ? [] : [{ ref, lane: 'tp-sl' }];
  });
}
