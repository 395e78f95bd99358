import { sleep } from '@backstop/runtime';

/** Asks until the answer is defined: resolves with it, or with undefined at the limit or when the signal aborts. */
export async function pollUntil<T>(
  ask: () => Promise<T | undefined>,
  { everyMs, limitMs, signal }: { readonly everyMs: number; readonly limitMs: number; readonly signal: AbortSignal },
): Promise<T | undefined> {
  const deadlineMs = performance.now() + limitMs;
  while (!signal.aborted && performance.now() < deadlineMs) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await sleep(everyMs, signal);
  }
  return undefined;
}
