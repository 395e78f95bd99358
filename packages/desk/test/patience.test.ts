import { expect, test } from 'vitest';
import { openPatience } from '../src/patience.ts';

const ref = { account: 'main', symbol: 'AUSDT', positionIdx: 0, monitorId: 'm' } as const;
const TP_SL = { ref, lane: 'tp-sl' } as const;
const ENTRIES = { ref, lane: 'limit-order' } as const;

test('a lane has waited since its first wait, whatever the other lane does, until it has its facts', () => {
  const { waitedMs, end } = openPatience();
  expect([waitedMs(TP_SL, 1_000), waitedMs(TP_SL, 1_200), waitedMs(TP_SL, 1_900)]).toEqual([0, 200, 900]);
  expect(waitedMs(ENTRIES, 1_900)).toBe(0);

  end(TP_SL);
  expect([waitedMs(TP_SL, 2_000), waitedMs(ENTRIES, 2_000)]).toEqual([0, 100]);
});

test('a wait of long ago ended in another process: the next one is a first one', () => {
  const { waitedMs } = openPatience();
  waitedMs(TP_SL, 1_000);
  expect(waitedMs(TP_SL, 6_000)).toBe(5_000);
  expect(waitedMs(TP_SL, 6_001)).toBe(0);
  expect(waitedMs(TP_SL, 6_002)).toBe(1);
});
