import { mutantsOf, testsOf, type Mutant } from './mutant.ts';

/** The rules of entries, take-profits and the exit, got wrong. */
export const CORE_ORDER_RULES: readonly Mutant[] = [
  ...mutantsOf(
    'packages/core/src/rules/take-profit-ladder.ts',
    testsOf('core', 'external-orders', 'take-profits', 'trailing-stop'),
    [
      ['the ladder skips the closed-books check', 'S-19', '    view.hasClosedBooks &&\n', ''],
      [
        'take-profits take what reduce-only orders of others hold',
        'S-18',
        'view.size - foreignReduceOnly(view)',
        'view.size',
      ],
      ['a foreign order that waits for a trigger holds capacity', 'S-24', " && row.status !== 'Untriggered'", ''],
      [
        'the ladder is computed from an order row that is older than the fill of its leg',
        'F-25',
        '!view.own.some((order) => isBehind(order, draft, view))',
        'view.own.length >= 0',
      ],
      [
        'the ladder of a size is kept for another one',
        'S-17',
        '[wanted, qtyStep,',
        '[qtyStep,',
        { tests: testsOf('core', 'remembered') },
      ],
      [
        'the ladder is kept when a take-profit executes',
        'S-17',
        'filled.join(), ...come]',
        'filled.join()]',
        { tests: testsOf('core', 'remembered') },
      ],
      [
        'the ladder is kept when a take-profit counts as filled',
        'S-16',
        'filled.join(), ...come]',
        '...come]',
        { tests: testsOf('core', 'remembered') },
      ],
      [
        'the ladder is kept when the trading rules change',
        'F-30',
        '[wanted, qtyStep, minOrderQty,',
        '[wanted, minOrderQty,',
        { tests: testsOf('core', 'remembered') },
      ],
      ['the ladder is touched while the stop fires', 'F-27', '    !isStopFiring(view) &&\n', ''],
    ],
  ),
  ...mutantsOf(
    'packages/core/src/rules/exit.ts',
    testsOf('core', 'edges', 'open-books', 'scenarios', 'trailing-stop'),
    [
      [
        'price through the stop is answered at once, without the second that the stop has',
        'S-06',
        'positionAtMs - throughSinceMs > STOP_ACTS_WITHIN_MS',
        'positionAtMs - throughSinceMs >= 0',
      ],
      [
        'take-profits that hold the capacity stay while the exit is refused',
        'S-14',
        'if (isCrowdedOut(view)) return { ...decided, takeProfits: new Map() };',
        '',
      ],
      [
        'an exit is sent beside one that works',
        'S-14',
        "exitNow: workingOrder(view, 'x') === undefined",
        'exitNow: true',
      ],
      ['a trailing stop that was passed is not noticed', 'S-06', 'isStopPassed || isTrailPassed', 'isStopPassed'],
      ['a stop that ended is judged on open books', 'S-19', '.qty > 0n && view.hasClosedBooks && ', '.qty > 0n && '],
    ],
  ),
  ...mutantsOf('packages/core/src/rules/entry.ts', testsOf('core', 'edges', 'entries', 'workload'), [
    [
      'a market entry is sent past its deadline only',
      'S-21',
      'nowMs >= plan.marketEntryDeadlineMs',
      'nowMs < plan.marketEntryDeadlineMs',
    ],
    [
      'the price band reaches the whole way to the stop',
      'S-21',
      'abs(referencePrice - stopLoss.triggerPrice) / 2n',
      'abs(referencePrice - stopLoss.triggerPrice)',
    ],
    [
      'a market entry that filled in part is chased',
      'S-21',
      "  if (type === 'Market') return executed > 0n ? 0n : floorTo(qty, qtyStep);\n",
      '',
    ],
    [
      'an entry carries the stop in force although its own price is beyond that',
      'S-02',
      'return isAllowed && isTighter(plan.side, stop, level) ? stop : level;',
      'return isTighter(plan.side, stop, level) ? stop : level;',
    ],
    [
      'limit entries never expire',
      'S-20',
      "view.nowMs >= plan.entriesExpireAtMs ? 'expired'",
      "view.nowMs < 0 ? 'expired'",
    ],
    [
      'entries end when the stop is passed after something was entered',
      'S-21',
      'if (isStopPassed && entered.qty === 0n)',
      'if (isStopPassed)',
    ],
  ]),
  ...mutantsOf('packages/core/src/rules/cancel-entries.ts', testsOf('core', 'entries', 'scenarios'), [
    ['entries stay while the stop fires', 'S-20', "  if (isStopFiring(view)) return 'the stop is firing';\n", ''],
    ['entries wait for one take-profit more', 'S-20', 'plan.takeProfits[after - 1]', 'plan.takeProfits[after]'],
    [
      'entries stay on a symbol that is being delisted',
      'S-27',
      "  if (instrument.deliveryTimeMs > 0) return 'the symbol is being delisted';\n",
      '',
    ],
    [
      'entries stay while the position is left',
      'S-20',
      '  if (tpSl.exit !== undefined) return `exit: ${tpSl.exit.reason}`;\n',
      '',
    ],
  ]),
  ...mutantsOf('packages/core/src/rules/close-when-flat.ts', testsOf('core', 'closing'), [
    [
      'what a late entry opens after flat is kept',
      'S-22',
      "return hasLateEntry(draft.tpSl, view) ? withExit(closing, 'entry-after-flat', view.nowMs) : closing;",
      'return closing;',
    ],
    [
      'take-profits stay when the position is flat',
      'S-23',
      'takeProfits: view.size === 0n ? new Map() : draft.takeProfits',
      'takeProfits: draft.takeProfits',
    ],
  ]),
];
