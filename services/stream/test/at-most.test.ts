import { expect, test } from 'vitest';
import { atMost } from '../src/at-most.ts';

test('no more than so many run at a time, in the order in which they were asked for, whatever becomes of them', async () => {
  const twoAtOnce = atMost(2);
  const begun: number[] = [];
  const ends = Array.from({ length: 4 }, () => Promise.withResolvers<number>());
  const results = Promise.allSettled(
    ends.map(({ promise }, index) =>
      twoAtOnce(() => {
        begun.push(index);
        return promise;
      }),
    ),
  );
  expect(begun).toEqual([0, 1]);
  ends[1]?.reject(new Error('failed'));
  await expect.poll(() => begun).toEqual([0, 1, 2]);
  ends[0]?.resolve(0);
  await expect.poll(() => begun).toEqual([0, 1, 2, 3]);
  ends[2]?.resolve(2);
  ends[3]?.resolve(3);
  expect((await results).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
});
