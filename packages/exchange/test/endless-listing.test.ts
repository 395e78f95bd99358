import { expect, test } from 'vitest';
import { allPages } from '../src/bybit/listing.ts';

test('F-34 a listing that goes on after 500 full pages is broken: it is refused, not taken for whole', async () => {
  let pages = 0;
  const page = async (): Promise<{ rows: readonly number[]; cursor: string }> => {
    pages += 1;
    return { rows: [pages], cursor: 'more' };
  };
  await expect(allPages({ limit: 1, idOf: String, page })).rejects.toMatchObject({ reason: 'rejected' });
  expect(pages).toBe(500);
});
