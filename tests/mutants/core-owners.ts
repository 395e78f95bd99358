import { mutantsOf, testsOf, type Mutant } from './mutant.ts';

/** Whose order and whose position it is, got wrong. */
export const CORE_OWNERS: readonly Mutant[] = [
  ...mutantsOf('packages/core/src/has-closed-books.ts', testsOf('core', 'adopt', 'facts'), [
    [
      'books are closed whatever the executions say: skip the closed-books check',
      'S-19',
      'return addsUp && position.seq',
      'return position.seq',
    ],
    [
      'books are closed on a row that is older than the executions',
      'S-19',
      'position.seq >= executionsSeq',
      'position.seq <= executionsSeq',
    ],
  ]),
  ...mutantsOf('packages/core/src/attribute.ts', testsOf('core', 'adopt', 'facts', 'owners'), [
    [
      'an execution that turns the position round is not split',
      'S-23',
      'if (closedSize <= 0n) return [part(execution, opened, qty)];',
      'if (closedSize >= 0n) return [part(execution, opened, qty)];',
    ],
    [
      'a forced close is no fill',
      'S-27',
      "  if (FORCED.has(execType)) return [part(execution, 'liquidation', qty)];\n",
      '',
    ],
    ['funding is a fill', 'S-27', '  if (NO_TRADES.has(execType)) return [];\n', ''],
    [
      'the order of another installation is ours',
      'S-24',
      'identity?.installation === who.installation && identity.planId',
      'identity?.planId',
    ],
    [
      'a unit of value is lost where an execution is split',
      'S-23',
      'value: value - taken.value, fee',
      'value: (value * (qty - taken.qty)) / qty, fee',
    ],
    [
      'the trailing stop is taken for the stop',
      'F-12',
      "createType === 'CreateByTrailingStop') return 'stop-trailing';",
      "createType === 'CreateByTrailingStop') return 'stop';",
    ],
  ]),
  ...mutantsOf('packages/core/src/executed.ts', testsOf('core', 'adopt', 'facts'), [
    [
      'what others added does not count',
      'S-19',
      "return isOwnOpening(by) || by === 'external-in';",
      'return isOwnOpening(by);',
    ],
    [
      'what was adopted does not count',
      'INVARIANT 45',
      "return isEntry(by) || by === 'adopted';",
      'return isEntry(by);',
    ],
  ]),
  ...mutantsOf('packages/core/src/own-orders.ts', testsOf('core', 'owners', 'take-profits'), [
    [
      'the oldest generation of a leg is the one that counts',
      'F-20',
      'b.generation - a.generation',
      'a.generation - b.generation',
    ],
    [
      'orders of another plan are ours',
      'INVARIANT 13',
      'identity === undefined || identity.planId !== planId',
      'identity === undefined',
    ],
    [
      'orders of another installation are ours',
      'S-24',
      '  if (installation !== undefined && identity.installation !== installation) return undefined;\n',
      '',
    ],
    [
      'rows that were sorted for one plan are those of another one',
      'S-24',
      'lastSorted(orders, [id, installation],',
      'lastSorted(orders, [installation],',
      { tests: testsOf('core', 'remembered') },
    ],
    [
      'rows that were sorted for one installation are those of another one',
      'S-24',
      'lastSorted(orders, [id, installation],',
      'lastSorted(orders, [id],',
      { tests: testsOf('core', 'remembered') },
    ],
    ['an order that ended still works', 'F-03', '    if (ENDED.has(row.status)) continue;\n', ''],
    [
      'a trailing stop that is listed first hides the stop',
      'S-05',
      "else if (row.stopOrderType === 'StopLoss') stop ??= row;",
      'else if (stop === undefined) stop = row;',
    ],
    [
      'the trailing stop is taken for the stop row',
      'S-05',
      "isPositionStop(row) && row.stopOrderType === 'StopLoss'",
      'isPositionStop(row)',
    ],
  ]),
  ...mutantsOf('packages/core/src/adopt.ts', testsOf('core', 'adopt'), [
    ['a position that is being liquidated is adopted', 'S-22', " || status !== 'Normal'", ''],
    [
      'a template loosens the stop that stands',
      'INVARIANT 43',
      'standing !== undefined && isTighter(side, standing, level) ? standing : level',
      'level',
    ],
    [
      'protect-only moves the stop that stands',
      'INVARIANT 43',
      "  if (standing !== undefined && mode === 'protect-only') return standing;\n",
      '',
    ],
    [
      'take-profits that the market has passed are adopted',
      'INVARIANT 43',
      'price > 0n && !isBehind(side, price, prices)',
      'price > 0n',
    ],
    [
      'adopting sets a stop that the market is through already',
      'S-09',
      'const level = isPassed ? lossLevel(price, policy.stopDistance, found) : fromAverage;',
      'const level = fromAverage;',
    ],
    ['shares of what is left do not sum to all', 'INVARIANT 43', '(index === levels.length - 1 ? rest : 0n)', '0n'],
    [
      'each policy of a position has the same id',
      'S-24',
      'side, epochOf(position), adoption]',
      'side, epochOf(position)]',
    ],
  ]),
  ...mutantsOf('packages/core/src/order-link-id.ts', testsOf('core', 'owners', 'values'), [
    [
      'a generation is written and read in different bases',
      'S-24',
      'Number.parseInt(generation, 36)',
      'Number.parseInt(generation, 10)',
    ],
    [
      'the restore epoch is not read back',
      'S-24',
      'restoreEpoch: Number(restoreEpoch)',
      'restoreEpoch: Number(restoreEpoch) * 0',
    ],
    ['an id that is too long is sent', 'S-24', 'id.length > 36 || ', ''],
  ]),
];
