import { mutantsOf, testsOf, type Mutant } from './mutant.ts';

/** What is sent, got wrong: the actions of both lanes. */
export const CORE_ACTIONS: readonly Mutant[] = [
  ...mutantsOf('packages/core/src/tp-sl-actions.ts', testsOf('core', 'workload'), [
    ['whatever closes forgets reduceOnly', 'F-21', '    reduceOnly: true,', '    reduceOnly: false,'],
  ]),
  ...mutantsOf('packages/core/src/tp-sl-actions.ts', testsOf('core', 'take-profits'), [
    ['the exit forgets closeOnTrigger', 'S-14', 'closeOnTrigger: true', 'closeOnTrigger: false'],
    [
      'the ladder goes before the stop',
      'S-15',
      '    ...stopActions(draft, view),\n    ...trailingActions',
      '    ...ladderStep(draft, view),\n    ...stopActions(draft, view),\n    ...trailingActions',
    ],
    [
      'increases go out together with what gives capacity back',
      'S-18',
      'decreases.length > 0 ? decreases : ladder',
      'decreases.length < 0 ? decreases : ladder',
    ],
    [
      'an order that was cut is asked for again in a loop',
      'S-18',
      'isIncrease && draft.tpSl.asked?.[leg] === qty',
      'isIncrease && qty < 0n',
    ],
    [
      'a price that moved in our favour is put back, and one against us is not',
      'S-28',
      'price < rung.price : price > rung.price',
      'price > rung.price : price < rung.price',
    ],
    ['a second order of a leg stays', 'F-20', '    ...extras(view),\n', ''],
    [
      'a take-profit under the minimum is placed',
      'F-30',
      'target < view.instrument.minOrderQty || target === 0n',
      'target === 0n',
    ],
  ]),
  ...mutantsOf('packages/core/src/tp-sl-actions.ts', testsOf('core', 'stop'), [
    ['actions go out while the exchange liquidates', 'S-12', '  if (isBusy(view)) return [];\n', ''],
    [
      'a stop with another trigger source counts as set',
      'S-04',
      ' && triggerBy === plan.stopLoss.triggerBy && side',
      ' && side',
    ],
    [
      'a partly filled entry is told of the new stop, in vain',
      'S-02',
      "if (isFixed) return [cancelEntry(order, 'its attached stop can no longer be moved')];",
      '',
    ],
    [
      'resting entries keep the stop that they were placed with',
      'S-02',
      'wanted === undefined || isStopFiring(view) ? [] : attachedStopActions(order, wanted, view)',
      'wanted === undefined || view.size >= 0n ? [] : attachedStopActions(order, wanted, view)',
    ],
  ]),
  ...mutantsOf('packages/core/src/tp-sl-actions.ts', testsOf('core', 'trailing-stop'), [
    [
      'the stop is set while it fires',
      'S-06',
      'isStopHeld || isStopFiring(view) || isStopInPlace(stop, view)',
      'isStopHeld || isStopInPlace(stop, view)',
    ],
    [
      'the stop counts as set when the position row alone shows it',
      'S-03',
      'if (position?.stopLoss !== stop || stopRow === undefined) return false;',
      'if (position?.stopLoss === stop) return true;\n  if (stopRow === undefined) return false;',
    ],
    [
      'the trailing stop is armed before the stop stands',
      'S-10',
      ' || isStopFiring(view) || !isStopInPlace(stop, view)) return [];\n  if (!view',
      ' || isStopFiring(view)) return [];\n  if (!view',
    ],
    ['the trailing stop skips the closed-books check', 'S-19', '!view.hasClosedBooks || isTrailed', 'isTrailed'],
  ]),
  ...mutantsOf('packages/core/src/tp-sl-actions.ts', testsOf('core', 'external-orders'), [
    [
      'a trailing stop that the row shows is armed again',
      'S-10',
      '  if (position?.trailingStop === distance) return true;\n',
      '',
    ],
  ]),
  ...mutantsOf('packages/core/src/tp-sl-actions.ts', testsOf('core', 'scenarios'), [
    [
      'a take-profit that vanished is placed again at once',
      'F-25',
      ' || isUnsettled(draft.tpSl.placed, leg)) return [];\n  const order: OrderSpec',
      ') return [];\n  const order: OrderSpec',
    ],
    [
      'an amended take-profit forgets what it has executed already',
      'S-17',
      'const qty = row.cumExecQty + target;',
      'const qty = target;',
    ],
  ]),
  ...mutantsOf('packages/core/src/tp-sl-actions.ts', testsOf('core', 'edges'), [
    [
      'an amend of the ladder counts as absolute',
      'S-13',
      "budget: 'take-profit', absolute: false",
      "budget: 'take-profit', absolute: true",
    ],
  ]),
  ...mutantsOf('packages/core/src/limit-order-actions.ts', testsOf('core', 'entries', 'vanished-orders'), [
    ['an entry skips the closed-books check', 'S-19', 'return hasClosedBooks && isEarly', 'return isEarly'],
    [
      'an entry is created where liquidation comes before the stop',
      'S-12',
      " && !conditions.has('StopBeyondLiquidation')",
      '',
    ],
    [
      'an entry is created beside the one that works',
      'F-20',
      ' || workingOrder(view, planned.leg) !== undefined) return [];',
      ') return [];',
    ],
    [
      'an entry that vanished is placed again at once',
      'F-25',
      'isUnsettled(state.placed, planned.leg) || isWithoutPrice',
      'isWithoutPrice',
    ],
    [
      'a market entry is sent without a price',
      'S-21',
      "return type === 'Market' && prices === undefined;",
      "return type === 'Limit' && prices === null;",
    ],
    ['an entry leaves without its stop attached', 'INVARIANT 5', '    stopLoss,\n', ''],
    ['an expired entry is left to rest', 'S-20', 'return [...cancels, ...(mayEnter', 'return [...(mayEnter'],
  ]),
];
