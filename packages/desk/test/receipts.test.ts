import { expect, test } from 'vitest';
import { openReceipts } from '../src/receipts.ts';

test('what landed for the whole account counts for each of its symbols, and for no other account', () => {
  const receipts = openReceipts();
  receipts.landed('main', undefined, 100);

  expect(receipts.newest('main', 'BTCUSDT')).toBe(100);
  expect(receipts.newest('other', 'BTCUSDT')).toBe(0);
});

test('what landed for a symbol counts for that symbol alone', () => {
  const receipts = openReceipts();
  receipts.landed('main', 'BTCUSDT', 200);

  expect(receipts.newest('main', 'BTCUSDT')).toBe(200);
  expect(receipts.newest('main', 'ETHUSDT')).toBe(0);
});

test('an older read that lands late never lowers what may be shown', () => {
  const receipts = openReceipts();
  receipts.landed('main', 'BTCUSDT', 200);
  receipts.landed('main', 'BTCUSDT', 150);
  receipts.landed('main', undefined, 100);

  expect(receipts.newest('main', 'BTCUSDT')).toBe(200);
});

test('a listing that could not be read is remembered for its account', () => {
  const receipts = openReceipts();
  receipts.unreadable('main');

  expect(receipts.isUnreadable('main')).toBe(true);
  expect(receipts.isUnreadable('other')).toBe(false);
});
