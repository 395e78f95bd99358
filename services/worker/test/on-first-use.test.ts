import { expect, test } from 'vitest';
import { onFirstUse } from '../src/on-first-use.ts';

test('it is opened once, when it is first asked for, however many ask at a time', async () => {
  let opened = 0;
  const use = onFirstUse(async () => (opened += 1));
  expect(opened).toBe(0);

  expect(await Promise.all([use(), use(), use()])).toEqual([1, 1, 1]);
  expect(await use()).toBe(1);
});

test('what failed is tried again by the next who asks', async () => {
  let attempts = 0;
  const use = onFirstUse(async () => {
    attempts += 1;
    if (attempts === 1) throw new Error('redis is away');
    return 'open';
  });

  await expect(use()).rejects.toThrow('redis is away');
  expect(await use()).toBe('open');
});
