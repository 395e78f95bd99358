import { expect, test } from 'vitest';
import { openLaps } from '../src/open-laps.ts';

test('a lap is the time since the same name was last asked for, and the first is 0', () => {
  let nowMs = 1_000;
  const since = openLaps(() => nowMs);
  expect(since('a')).toBe(0);

  nowMs += 250;
  expect(since('b')).toBe(0);
  expect(since('a')).toBe(250);
  nowMs += 30;
  expect(since('a')).toBe(30);
  expect(since('b')).toBe(30);
});
