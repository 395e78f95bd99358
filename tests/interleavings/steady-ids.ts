import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

/** Random ids that tell who drew them, and how many before: the same in whatever order several draw. */
export interface SteadyIds extends Disposable {
  /** Who draws from now on. */
  readonly drawAs: (name: string) => void;
}

/** Replaces `randomUUID` of this process until it is disposed of. */
export function openSteadyIds(name: string): SteadyIds {
  const { randomUUID } = crypto;
  const drawn = new Map<string, number>();
  let drawer = name;
  replaceBy(() => {
    const count = (drawn.get(drawer) ?? 0) + 1;
    drawn.set(drawer, count);
    return `${drawer}-of-these-ids-${count}`;
  });
  return {
    drawAs: (next) => {
      drawer = next;
    },
    [Symbol.dispose]: () => replaceBy(randomUUID),
  };
}

function replaceBy(randomUUID: () => string): void {
  Object.assign(crypto, { randomUUID });
  syncBuiltinESMExports();
}
