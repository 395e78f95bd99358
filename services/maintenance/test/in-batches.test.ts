import { expect, test } from 'vitest';
import { inBatches } from '../src/in-batches.ts';

test('no more than 10 are under way at once, all are done, and the results keep their order', async () => {
  let [underWay, most] = [0, 0];
  const items = Array.from({ length: 120 }, (_, index) => index);
  const doubled = await inBatches(items, async (item) => {
    underWay += 1;
    most = Math.max(most, underWay);
    await Promise.resolve();
    underWay -= 1;
    return item * 2;
  });
  expect(most).toBe(10);
  expect(doubled).toEqual(items.map((item) => item * 2));
});
