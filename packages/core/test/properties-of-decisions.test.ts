import { expect, test } from 'vitest';
import { format, isEntry, parseOrderLinkId, toJson } from '../testing/core.ts';
import { ask, counterexample, openOrders, withForeignOrder } from '../testing/index.ts';
import type { Judge, Monitor } from '../testing/index.ts';

test('deciding again on the facts that the actions produced changes nothing', () => {
  const judge: Judge = {
    atRest: (monitor) => {
      const again = [ask(monitor, 'tp-sl'), ask(monitor, 'limit-order')];
      const isSame = again[0]?.state === monitor.tpSl && again[1]?.state === monitor.limitOrder;
      const said = again.flatMap(({ actions, events }) => [...actions, ...events]);
      return [...said.map((what) => `again: ${toJson(what)}`), ...(isSame ? [] : ['the state changed'])];
    },
  };
  expect(counterexample({ hasOthers: true }, () => judge)).toBe('none');
});

test('deciding twice on the same facts decides the same', () => {
  const judge: Judge = {
    atLook: ({ monitor }) => {
      const first = ask(monitor, 'tp-sl');
      const second = ask({ ...monitor, tpSl: first.state }, 'tp-sl');
      const isSame = toJson(first.actions) === toJson(second.actions) && second.state === first.state;
      return isSame ? [] : [`${toJson(first.actions)}, then ${toJson(second.actions)}`];
    },
  };
  expect(counterexample({ hasOthers: true }, () => judge)).toBe('none');
});

test('F-08 F-45 F-09 nothing is told twice, and the fills that were told add up to the executions, leg by leg', () => {
  const judge: Judge = {
    atEnd: ({ events, venue }) => {
      const ids = events.map(({ id }) => id);
      const repeated = ids.filter((id, index) => ids.indexOf(id) !== index);
      const wrong = [...venue.executed].filter(
        ([by, { qty }]) => events.findLast(({ detail }) => detail['by'] === by)?.detail['total'] !== format(qty),
      );
      return [...repeated.map((id) => `${id} was told twice`), ...wrong.map(([by]) => `${by} was not told in full`)];
    },
  };
  expect(counterexample({ hasOthers: true }, () => judge)).toBe('none');
});

test('nothing foreign is touched', () => {
  const found = counterexample({ hasOthers: true }, (): Judge => {
    let isPlanted = false;
    return {
      atLook: ({ monitor }) => {
        if (!isPlanted) withForeignOrder(monitor);
        isPlanted = true;
        return [];
      },
      atEnd: (monitor) => targetsOf(monitor).filter((orderId) => !isOwn(monitor, orderId)),
    };
  });
  expect(found).toBe('none');
});

test('ids are short and never used twice', () => {
  const judge: Judge = {
    atEnd: ({ venue }) => {
      const ids = venue.created.map(({ orderLinkId }) => orderLinkId);
      return ids.filter((id, index) => id.length > 36 || ids.indexOf(id) !== index);
    },
  };
  expect(counterexample({ hasOthers: true }, () => judge)).toBe('none');
});

test('F-30 prices sit on the tick, quantities on the step and no order is under the minimum', () => {
  const judge: Judge = {
    atEnd: ({ venue, outcomes }, { instrument: { tickSize, qtyStep, minOrderQty } }) => {
      const orders = venue.created.filter(({ qty, price = 0n, orderType }) => {
        const isTooSmall = orderType === 'Limit' && qty < minOrderQty;
        return isTooSmall || qty % qtyStep !== 0n || price % tickSize !== 0n;
      });
      const changes = outcomes.filter(({ action }) => {
        if (action.type === 'set-stop') return action.stop.triggerPrice % tickSize !== 0n;
        return action.type === 'amend' && (action.amend.qty ?? 0n) % qtyStep !== 0n;
      });
      return [...orders, ...changes].map(toJson);
    },
  };
  expect(counterexample({ hasOthers: true }, () => judge)).toBe('none');
});

test('F-21 what closes is reduce-only and on the closing side, and what opens carries a stop', () => {
  const judge: Judge = {
    atEnd: ({ venue }, { plan }) =>
      venue.created
        .filter(({ orderLinkId, reduceOnly, side, stopLoss }) => {
          const opens = isEntry(parseOrderLinkId(orderLinkId)?.leg ?? 'x');
          const isRight = opens ? side === plan.side && stopLoss !== undefined : side !== plan.side;
          return reduceOnly === opens || !isRight;
        })
        .map(toJson),
  };
  expect(counterexample({ hasOthers: true }, () => judge)).toBe('none');
});

test('no entry is created past its time, past the take-profit that ends entries, or after flat', () => {
  const judge: Judge = {
    atLook: ({ actions, monitor: { venue, tpSl } }, { plan }) => {
      const orders = actions.flatMap((action) =>
        action.type === 'create' && isEntry(action.leg) ? [action.order] : [],
      );
      const isOver = tpSl.stage === 'closing' || tpSl.stage === 'closed';
      const isEnded = plan.cancelEntriesAfterTakeProfit === 1 && tpSl.filledTakeProfits.includes('t1');
      const { entriesExpireAtMs = Infinity, marketEntryDeadlineMs } = plan;
      return orders
        .filter(({ orderType }) => {
          const endsAtMs = orderType === 'Market' ? marketEntryDeadlineMs : entriesExpireAtMs;
          return isOver || isEnded || venue.nowMs >= endsAtMs;
        })
        .map(toJson);
    },
  };
  expect(counterexample({ hasOthers: true }, () => judge)).toBe('none');
});

test('past their time, the take-profit that ends entries or flat, no entry rests', () => {
  const judge: Judge = {
    atRest: ({ venue, tpSl }, { plan }) => {
      const { entriesExpireAtMs = Infinity } = plan;
      const isEnded = plan.cancelEntriesAfterTakeProfit === 1 && tpSl.filledTakeProfits.includes('t1');
      const isOver = tpSl.stage === 'closing' || tpSl.stage === 'closed';
      const mayRest = !isEnded && !isOver && venue.nowMs < entriesExpireAtMs;
      const resting = openOrders(venue).filter(({ orderLinkId }) => isEntry(parseOrderLinkId(orderLinkId)?.leg ?? 'x'));
      return mayRest ? [] : resting.map(toJson);
    },
  };
  expect(counterexample({ hasOthers: true }, () => judge)).toBe('none');
});

function targetsOf({ outcomes }: Monitor): readonly string[] {
  return outcomes.flatMap(({ action }) => {
    if (action.type === 'amend') return [action.amend.orderId];
    return action.type === 'cancel' ? [action.cancel.orderId] : [];
  });
}

function isOwn({ venue }: Monitor, orderId: string): boolean {
  return parseOrderLinkId(venue.book.get(orderId)?.orderLinkId ?? '')?.planId === venue.plan.id;
}
