import { ExchangeError } from '@backstop/core';
import { afterEach, expect, test, vi } from 'vitest';
import { joinAgainMs } from '../src/join-again-ms.ts';

const OUTAGE = new ExchangeError('unavailable', 'http 500');
const UNREADABLE = new ExchangeError('rejected', 'cannot read execution/list');

afterEach(() => {
  vi.restoreAllMocks();
});

test('an account is read again after 250 ms, twice as long with each attempt and 8 s at most, and 60 s where it cannot be read', () => {
  vi.spyOn(Math, 'random').mockReturnValue(1);
  expect([0, 1, 2, 5, 6, 40].map((attempt) => joinAgainMs(attempt, OUTAGE))).toEqual([
    250, 500, 1_000, 8_000, 8_000, 8_000,
  ]);
  expect([0, 5, 7, 8, 40].map((attempt) => joinAgainMs(attempt, UNREADABLE))).toEqual([
    250, 8_000, 32_000, 60_000, 60_000,
  ]);
  vi.spyOn(Math, 'random').mockReturnValue(0);
  expect([joinAgainMs(0, undefined), joinAgainMs(40, UNREADABLE)]).toEqual([125, 30_000]);
});
