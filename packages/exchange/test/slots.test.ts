import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Slots } from '../src/bybit/slots.ts';

const never = new AbortController().signal;

test('a waiter that gives up neither takes a slot nor loses one', async () => {
  const slots = new Slots(1);
  const first = await slots.take(never);
  const impatient = new AbortController();
  const second = slots.take(impatient.signal);
  const third = slots.take(never);
  impatient.abort(new Error('too late'));
  await expect(second).rejects.toThrow('too late');

  first[Symbol.dispose]();
  const slot = await third;
  slot[Symbol.dispose]();
  await expect(slots.take(never)).resolves.toBeDefined();
});

test('never more than the count are held, and all come back, however takers come and go', async () => {
  const steps = fc.array(fc.constantFrom('take' as const, 'give' as const, 'give-up' as const), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), steps, async (count, moves) => {
      const slots = new Slots(count);
      const held: Disposable[] = [];
      const waiting: AbortController[] = [];
      for (const move of moves) {
        if (move === 'take') void take(slots, held, waiting);
        if (move === 'give') held.shift()?.[Symbol.dispose]();
        if (move === 'give-up') waiting.at(-1)?.abort();
        await settle();
        expect(held.length).toBeLessThanOrEqual(count);
        expect(held.length === count || waiting.length === 0).toBe(true);
      }
    }),
  );
});

/** Asks for a slot and keeps itself among the waiting until it has one or gave up. */
async function take(slots: Slots, held: Disposable[], waiting: AbortController[]): Promise<void> {
  const asking = new AbortController();
  waiting.push(asking);
  try {
    held.push(await slots.take(asking.signal));
  } catch (error) {
    if (!asking.signal.aborted) throw error;
  } finally {
    waiting.splice(waiting.indexOf(asking), 1);
  }
}

/** Lets every promise that can settle do so. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
