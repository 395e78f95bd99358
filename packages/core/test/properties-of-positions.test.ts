import { expect, test } from 'vitest';
import {
  executedBy,
  format,
  isEntry,
  isOpening,
  isTakeProfit,
  isTighter,
  multiply,
  ONE,
  parseOrderLinkId,
  protection,
  sum,
  toJson,
} from '../testing/core.ts';
import type { Decimal, OrderRow } from '../testing/core.ts';
import { counterexample, openOrders, snapshotOf } from '../testing/index.ts';
import type { Judge, Look, Monitor, Story } from '../testing/index.ts';

test('an open position has exactly one desired stop, and at rest it stands for the whole size', () => {
  const judge: Judge = {
    atLook: ({ lane, actions }) => {
      const stops = actions.filter(({ type }) => type === 'set-stop');
      return stops.length > (lane === 'tp-sl' ? 1 : 0) ? [toJson(stops)] : [];
    },
    atRest: (monitor, { plan }) => {
      const { venue, tpSl } = monitor;
      if (!isManaged(monitor)) return [];
      const covered = protection(snapshotOf(venue), plan);
      const isDesired = venue.position?.stopLoss === tpSl.confirmedStop;
      return covered === 'protected' && isDesired ? [] : [toJson({ covered, position: venue.position })];
    },
  };
  expect(counterexample({ hasOthers: true }, () => judge)).toBe('none');
});

test('take-profits sum to the position, or the position is under the minimum', () => {
  const judge: Judge = {
    atRest: (monitor, { instrument }) => {
      if (!isManaged(monitor)) return [];
      const size = monitor.venue.position?.size ?? 0n;
      const placed = takeProfitsOf(monitor).map(({ leavesQty }) => leavesQty);
      const isRight = sum(placed) === size || (placed.length === 0 && size < instrument.minOrderQty);
      return isRight ? [] : [`${format(sum(placed))} placed for ${format(size)}`];
    },
  };
  expect(counterexample({ hasOthers: true }, () => judge)).toBe('none');
});

test('F-28 a leg keeps its identity: each take-profit rests at the price of its own leg, merged or not', () => {
  const judge: Judge = {
    atRest: (monitor, { plan }) => {
      const legs = takeProfitsOf(monitor).map((row) => [parseOrderLinkId(row.orderLinkId)?.leg, row.price] as const);
      const isTwice = new Set(legs.map(([leg]) => leg)).size < legs.length;
      const strangers = legs.filter(
        ([leg, price]) => plan.takeProfits.find((rung) => rung.leg === leg)?.price !== price,
      );
      return isTwice || strangers.length > 0 ? [toJson(legs)] : [];
    },
  };
  expect(counterexample({ hasOthers: true }, () => judge)).toBe('none');
});

test('the stop never loosens, except when a late entry fill moves breakeven', () => {
  const found = counterexample({}, (): Judge => {
    let before: { readonly level: Decimal; readonly entered: Decimal } | undefined;
    return {
      atLook: (look, { plan }) => {
        const now = desiredOf(look);
        if (now === undefined) return [];
        const isLooser = before !== undefined && isTighter(plan.side, before.level, now.level);
        const isWrong = isLooser && before?.entered === now.entered;
        before = now;
        return isWrong ? [`loosened to ${format(now.level)}`] : [];
      },
    };
  });
  expect(found).toBe('none');
});

test('after the breakeven take-profit the stop is moved, and cannot lose, fees included', () => {
  const judge: Judge = {
    atRest: ({ venue, tpSl }, story) => {
      const { position, executed } = venue;
      if (tpSl.stage !== 'scaled-out' || position?.stopLoss === undefined) return [];
      const isMoved = position.stopLoss === tpSl.breakeven;
      if (!isMoved) return story.plan.breakeven?.ifThrough === 'keep' ? [] : ['the stop was not moved'];

      const opened = executedBy(executed, isOpening);
      const paid = multiply(position.averagePrice, (opened.fee * ONE) / opened.value);
      return profitAt(position.stopLoss, position.averagePrice, story) - paid < -4n ? [toJson(position)] : [];
    },
  };
  expect(counterexample({}, () => judge)).toBe('none');
});

test('a plan reaches the stage past breakeven exactly with its take-profit, and the stop waits for it', () => {
  const judge: Judge = {
    atRest: ({ tpSl }, { plan }) => {
      const isFilled = tpSl.filledTakeProfits.includes('t1') && plan.breakeven !== undefined;
      const isStaged = tpSl.stage === 'scaled-out' || tpSl.stage === 'closing' || tpSl.stage === 'closed';
      return [
        ...(isFilled && !isStaged ? [`filled, and still ${tpSl.stage}`] : []),
        ...(!isFilled && tpSl.breakeven !== undefined ? ['breakeven before its take-profit'] : []),
      ];
    },
  };
  expect(counterexample({}, () => judge)).toBe('none');
});

test('F-12 a position that went flat is closed in the end, with a reason and nothing of ours left', () => {
  const judge: Judge = {
    atEnd: ({ venue, tpSl }) => {
      if (tpSl.stage !== 'closed') return tpSl.stage === 'closing' ? ['still closing'] : [];
      const left = openOrders(venue).filter(({ orderLinkId }) => orderLinkId !== '');
      return [...left.map(toJson), ...(tpSl.closeReason === undefined ? ['no reason'] : [])];
    },
  };
  expect(counterexample({ hasOthers: true, isPatient: true }, () => judge)).toBe('none');
});

function isManaged({ venue, tpSl }: Monitor): boolean {
  const isOpen = tpSl.stage === 'open' || tpSl.stage === 'scaled-out';
  return isOpen && venue.position?.side === venue.plan.side;
}

function takeProfitsOf({ venue }: Monitor): readonly OrderRow[] {
  return openOrders(venue).filter(({ orderLinkId }) => isTakeProfit(parseOrderLinkId(orderLinkId)?.leg ?? 'x'));
}

function desiredOf({ actions, monitor }: Look): { readonly level: Decimal; readonly entered: Decimal } | undefined {
  const [level] = actions.flatMap((action) => (action.type === 'set-stop' ? [action.stop.triggerPrice] : []));
  return level === undefined ? undefined : { level, entered: executedBy(monitor.venue.executed, isEntry).qty };
}

/** Per unit, after the fee of closing at the taker rate. */
function profitAt(level: Decimal, average: Decimal, { plan }: Story): Decimal {
  const gain = plan.side === 'Buy' ? level - average : average - level;
  return gain - multiply(level, plan.takerFeeRate);
}
