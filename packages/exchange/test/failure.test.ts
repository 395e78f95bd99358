import type { FailureReason } from '@backstop/core';
import { expect, test } from 'vitest';
import { refused } from '../src/bybit/failure.ts';

test.each<[number, string, FailureReason, FailureReason]>([
  // retCode, text, after a write, after a read
  [429, 'overloaded', 'unknown', 'unavailable'],
  [10000, 'server timeout', 'unknown', 'unavailable'],
  [10002, 'invalid request, please check your server timestamp', 'clock', 'clock'],
  [10003, 'API key is invalid.', 'credentials', 'credentials'],
  [10004, 'error sign!', 'credentials', 'credentials'],
  [10005, 'permission denied', 'credentials', 'credentials'],
  [10006, 'Too many visits!', 'rate-limited', 'rate-limited'],
  [10010, 'unmatched IP', 'credentials', 'credentials'],
  [10014, 'duplicate request', 'unknown', 'unavailable'],
  [10016, 'System error...', 'unknown', 'unavailable'],
  [33004, 'key expired', 'credentials', 'credentials'],
  [34039, 'not modified', 'not-modified', 'not-modified'],
  [34040, 'not modified', 'not-modified', 'not-modified'],
  [110001, 'order not exists or too late to cancel', 'unknown-order', 'unknown-order'],
  [110008, 'completed', 'unknown-order', 'unknown-order'],
  [110010, 'cancelled', 'unknown-order', 'unknown-order'],
  [110017, 'orderQty will be truncated to zero', 'no-capacity', 'no-capacity'],
  [110059, 'partially filled', 'partly-filled', 'partly-filled'],
  [110063, 'settlement in progress', 'unavailable', 'unavailable'],
  [110064, 'below filled', 'below-filled', 'below-filled'],
  [110072, 'OrderLinkedID is duplicate', 'duplicate-link-id', 'duplicate-link-id'],
  [110092, 'expect Rising, but trigger_price[1] <= current[2]??LastPrice', 'through-market', 'through-market'],
  [110007, 'ab not enough for new order', 'rejected', 'rejected'],
  [10001, 'can not set tp/sl/ts for zero position', 'no-position', 'no-position'],
  [
    10001,
    'StopLoss:6 set for Buy position should lower than base_price:5??LastPrice',
    'through-market',
    'through-market',
  ],
  [10001, 'expect Falling, but trigger_price[1] >= current[0]??LastPrice', 'through-market', 'through-market'],
  [10001, 'order not modified', 'not-modified', 'not-modified'],
  [10001, 'position idx not match position mode', 'rejected', 'rejected'],
  [10001, 'The number of contracts exceeds minimum limit allowed', 'rejected', 'rejected'],
  [999999, 'something new, zero position, not modified', 'rejected', 'rejected'],
])('%i %s is %s after a write', (code, text, write, read) => {
  expect(refused({ code, text, effect: 'write' })).toMatchObject({ reason: write, code, message: `${code}: ${text}` });
  expect(refused({ code, text, effect: 'read' }).reason).toBe(read);
});

test('what passes by itself says when to come back', () => {
  expect([after(10006), after(10006, 30), after(10018), after(110079), after(110063), after(110072)]).toEqual([
    1_000,
    30,
    600_000,
    500,
    5_000,
    undefined,
  ]);
});

function after(code: number, resetInMs?: number): number | undefined {
  return refused({ code, text: '', effect: 'write', resetInMs }).retryAfterMs;
}
