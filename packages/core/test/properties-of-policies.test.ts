import { expect, test } from 'vitest';
import {
  format,
  isTakeProfit,
  isTighter,
  isThrough,
  parseOrderLinkId,
  protection,
  sum,
  toJson,
} from '../testing/core.ts';
import type { Decimal } from '../testing/core.ts';
import { ask, counterexample, openOrders, snapshotOf } from '../testing/index.ts';
import type { Judge, Look, Monitor } from '../testing/index.ts';

const ALONE = { hasPolicies: true } as const;
const WITH_OTHERS = { hasPolicies: true, hasOthers: true } as const;

test('whatever the exit policies, deciding again on the facts that the actions produced changes nothing', () => {
  const judge: Judge = {
    atRest: (monitor) => {
      const again = [ask(monitor, 'tp-sl'), ask(monitor, 'limit-order')];
      const isSame = again[0]?.state === monitor.tpSl && again[1]?.state === monitor.limitOrder;
      const said = again.flatMap(({ actions, events }) => [...actions, ...events]);
      return [...said.map((what) => `again: ${toJson(what)}`), ...(isSame ? [] : ['the state changed'])];
    },
  };
  expect(counterexample(WITH_OTHERS, () => judge)).toBe('none');
});

test('whatever others do to the stop, an open position has one at rest, no looser than wanted unless that is told', () => {
  const judge: Judge = {
    atRest: (monitor, { plan }) => {
      const { venue, tpSl } = monitor;
      if (!isManaged(monitor)) return [];
      if (venue.position?.stopLoss === undefined) return ['no stop'];
      const covered = protection(snapshotOf(venue), plan, tpSl.operatorStop?.level);
      const isTold = tpSl.conditions.ExternalConflict !== undefined && tpSl.conditions.NoStop !== undefined;
      return covered === 'protected' || isTold ? [] : [toJson({ covered, tpSl })];
    },
  };
  expect(counterexample(WITH_OTHERS, () => judge)).toBe('none');
});

test('steps, time limits and trailing stops never loosen the stop, except when a late entry fill moves breakeven', () => {
  const found = counterexample(ALONE, (): Judge => {
    let before: { readonly level: Decimal; readonly basis: string } | undefined;
    return {
      atLook: (look, { plan }) => {
        const now = desiredOf(look);
        if (now === undefined) return [];
        const isLooser = before !== undefined && isTighter(plan.side, before.level, now.level);
        const isWrong = isLooser && before?.basis === now.basis;
        before = now;
        return isWrong ? [`loosened to ${format(now.level)}`] : [];
      },
    };
  });
  expect(found).toBe('none');
});

test('past take-profit n the stop stands at the price of n-1, or the market was through that and the plan says what then', () => {
  const judge: Judge = {
    atRest: ({ venue: { position, executed }, tpSl }, { plan }) => {
      const { steps } = plan.stopLoss;
      if (steps === undefined || position?.stopLoss === undefined || tpSl.stage === 'closing') return [];
      const own = plan.takeProfits.map(({ leg }) => tpSl.filledTakeProfits.includes(leg) && executed.has(leg));
      const level = plan.takeProfits[own.lastIndexOf(true) - 1]?.price;
      if (level === undefined || !isTighter(plan.side, level, position.stopLoss)) return [];
      return steps.ifThrough === 'keep' ? [] : [`${format(position.stopLoss)} is looser than ${format(level)}`];
    },
  };
  expect(counterexample(ALONE, () => judge)).toBe('none');
});

test('S-10 in the life of a position its trailing stop is armed once, and never without the stop beneath it', () => {
  const judge: Judge = {
    atEnd: ({ outcomes }) => {
      const armed = outcomes.filter(
        ({ action, result }) => result === 'done' && action.type === 'set-stop' && action.stop.trailing !== undefined,
      );
      return armed.length > 1 ? armed.map(toJson) : [];
    },
    atRest: ({ venue }) => {
      const { position } = venue;
      return position?.trailingStop !== undefined && position.stopLoss === undefined ? ['no floor'] : [];
    },
  };
  expect(counterexample(ALONE, () => judge)).toBe('none');
});

test('S-10 at rest the trailing stop is armed exactly where its take-profit is filled', () => {
  const judge: Judge = {
    atRest: (monitor, { plan: { trailingStop, takeProfits } }) => {
      if (!isManaged(monitor) || trailingStop === undefined) return [];
      const { afterTakeProfit } = trailingStop;
      const leg = afterTakeProfit === undefined ? undefined : takeProfits[afterTakeProfit - 1]?.leg;
      const isDue = leg === undefined || monitor.tpSl.filledTakeProfits.includes(leg);
      const isArmed = monitor.venue.position?.trailingStop === trailingStop.distance;
      return isDue === isArmed ? [] : [`due: ${isDue}, armed: ${isArmed}`];
    },
  };
  expect(counterexample(ALONE, () => judge)).toBe('none');
});

test('no position outlives its time limit, and a tightened one stands at breakeven or waits for the market', () => {
  const judge: Judge = {
    atRest: (monitor, { plan: { timeLimit } }) => {
      const { venue, tpSl } = monitor;
      const endsAtMs = (tpSl.openedAtMs ?? Infinity) + (timeLimit?.afterMs ?? Infinity);
      if (!isManaged(monitor) || venue.nowMs - 2_000 < endsAtMs) return [];
      if (timeLimit?.action === 'close') return [`open at ${venue.nowMs}, its time was over at ${endsAtMs}`];
      return isTightened(monitor) ? [] : [toJson({ position: venue.position, breakeven: tpSl.breakeven })];
    },
  };
  expect(counterexample(ALONE, () => judge)).toBe('none');
});

test('take-profits sum to the position, less those that somebody cancelled where that is respected or held back', () => {
  const judge: Judge = {
    atRest: (monitor, { instrument }) => {
      const { tpSl, venue } = monitor;
      if (!isManaged(monitor) || tpSl.conditions.ExternalConflict !== undefined) return [];
      const size = venue.position?.size ?? 0n;
      const rows = openOrders(venue).filter(({ orderLinkId }) =>
        isTakeProfit(parseOrderLinkId(orderLinkId)?.leg ?? 'x'),
      );
      const placed = sum(rows.map(({ leavesQty }) => leavesQty));
      const isShort = tpSl.dropped !== undefined && placed <= size;
      const isRight = placed === size || isShort || (rows.length === 0 && size < instrument.minOrderQty);
      return isRight ? [] : [`${format(placed)} placed for ${format(size)}`];
    },
  };
  expect(counterexample(WITH_OTHERS, () => judge)).toBe('none');
});

test('F-12 with every policy a position that went flat is closed in the end, with a reason and nothing of ours left', () => {
  const judge: Judge = {
    atEnd: ({ venue, tpSl }) => {
      const isLate = venue.nowMs - (tpSl.closingSinceMs ?? venue.nowMs) > 10_000;
      if (tpSl.stage !== 'closed') return tpSl.stage === 'closing' && isLate ? ['still closing'] : [];
      const left = openOrders(venue).filter(({ orderLinkId }) => orderLinkId !== '');
      return [...left.map(toJson), ...(tpSl.closeReason === undefined ? ['no reason'] : [])];
    },
  };
  expect(counterexample({ ...WITH_OTHERS, isPatient: true }, () => judge)).toBe('none');
});

function isManaged({ venue, tpSl }: Monitor): boolean {
  const isOpen = tpSl.stage === 'open' || tpSl.stage === 'scaled-out';
  return isOpen && venue.position?.side === venue.plan.side;
}

function isTightened({ venue: { position, price, plan }, tpSl: { breakeven: level } }: Monitor): boolean {
  if (level === undefined || position?.stopLoss === undefined) return false;
  return !isTighter(plan.side, level, position.stopLoss) || isThrough(plan.side, level, price);
}

/** With what it may be looser for: another position, or another entered quantity that breakeven was computed for (S-09). */
function desiredOf({
  actions,
  monitor: { tpSl, venue },
}: Look): { readonly level: Decimal; readonly basis: string } | undefined {
  const [level] = actions.flatMap((action) => (action.type === 'set-stop' ? [action.stop.triggerPrice] : []));
  return level === undefined ? undefined : { level, basis: toJson([tpSl.breakevenBasis, venue.position?.openTimeMs]) };
}
