import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createOutbox } from '../../src/streams/outbox.ts';

test('frames leave by their moments, those of one moment in the order in which they were posted', () => {
  const posted = fc.array(fc.nat(20), { maxLength: 200 });
  fc.assert(
    fc.property(posted, fc.array(fc.nat(25), { maxLength: 10 }), (moments, looks) => {
      const outbox = createOutbox();
      const left: (readonly [number, number])[] = [];
      for (const [number, atMs] of moments.entries()) outbox.post(atMs, () => left.push([atMs, number]));
      const expected = moments.map((atMs, number) => [atMs, number] as const).toSorted(([a], [b]) => a - b);
      for (const nowMs of looks.toSorted((a, b) => a - b)) {
        outbox.flush(nowMs);
        expect(left).toEqual(expected.filter(([atMs]) => atMs <= nowMs));
        expect(outbox.nextDueMs()).toBe(expected.find(([atMs]) => atMs > nowMs)?.[0]);
      }
    }),
    { numRuns: 200, seed: 5 },
  );
});
