import { NOT_DUE, type ActionOutcome } from '@backstop/core';
import { describe, expect, test } from 'vitest';
import { nextDueInMs } from '../src/next-due.ts';
import { create, setStop } from './outcomes.ts';

const NOW_MS = 1_000_000;
const QUIET_MS = 20_000;

interface Case {
  readonly rowsExpireAtMs?: number;
  readonly nextCheckInMs?: number;
  readonly outcomes?: readonly ActionOutcome[];
  readonly budgetInMs?: number;
  readonly unsettledUntilMs?: number;
  readonly dirty?: boolean;
}

function due({
  nextCheckInMs = QUIET_MS,
  outcomes = [],
  budgetInMs,
  unsettledUntilMs,
  dirty = false,
  rowsExpireAtMs = NOW_MS + 60_000,
}: Case): unknown {
  return nextDueInMs(
    { nextCheckInMs },
    { outcomes, budgetInMs },
    { unsettledUntilMs, dirty, nowMs: NOW_MS, rowsExpireAtMs },
  );
}

const done: ActionOutcome = { action: setStop(), result: 'done' };
const ended: ActionOutcome = { action: create('t1'), result: 'id-ended', status: 'Cancelled' };
const unsent: ActionOutcome = { action: create('t1'), result: 'unsent' };
const unknown: ActionOutcome = { action: create('t1'), result: 'unknown' };
const refused: ActionOutcome = {
  action: create('t1'),
  result: 'refused',
  reason: 'rejected',
  code: 110_007,
  message: 'not enough',
};

describe('when a lane is looked at again', () => {
  test.each<[string, Case, number | undefined]>([
    ['nothing happened: when the decision says', {}, QUIET_MS],
    ['the lane has nothing to do any more: not at all', { nextCheckInMs: NOT_DUE }, undefined],
    ['a request was acknowledged: its effect is read back at once', { outcomes: [done] }, 250],
    ['a used-up id: the next generation goes at once', { outcomes: [ended] }, 250],
    ['one of several was acknowledged', { outcomes: [refused, unknown, done] }, 250],
    ['an unknown outcome: when the decision says', { outcomes: [unknown], nextCheckInMs: 1_000 }, 1_000],
    ['a refusal: when the decision says', { outcomes: [refused], nextCheckInMs: 1_000 }, 1_000],
    ['the budget refused: when it has room', { outcomes: [unsent], budgetInMs: 700 }, 700],
    ['the budget has room before the effect can be read', { outcomes: [done, unsent], budgetInMs: 90 }, 90],
    ['nothing was sent because of the fence', { outcomes: [unsent] }, 250],
    ['held back by unsettled rows', { outcomes: [unsent], dirty: true }, 500],
    ["another job's request is under way", { unsettledUntilMs: NOW_MS + 3_000 }, 500],
    ["another job's request is settled sooner", { unsettledUntilMs: NOW_MS + 200 }, 201],
    [
      'a lane with nothing to do waits for the other request too',
      { nextCheckInMs: NOT_DUE, unsettledUntilMs: NOW_MS + 200 },
      201,
    ],
    ['never in a tight loop', { outcomes: [unsent], budgetInMs: 1 }, 20],
  ])('%s', (_title, part, expected) => {
    expect(due(part)).toBe(expected);
  });
});

test('a monitor is due when its rows end, so that no fill is older than a row when it is noticed', () => {
  expect(due({ rowsExpireAtMs: NOW_MS + 700 })).toBe(701);
  expect(due({ rowsExpireAtMs: NOW_MS - 5 })).toBe(20);
  expect(due({ nextCheckInMs: NOT_DUE, rowsExpireAtMs: NOW_MS + 700 })).toBeUndefined();
});
