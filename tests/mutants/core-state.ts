import { mutantsOf, testsOf, type Mutant } from './mutant.ts';

/** What is remembered and told, got wrong: progress, the stage, what is filled, events. */
export const CORE_STATE: readonly Mutant[] = [
  ...mutantsOf('packages/core/src/progress.ts', testsOf('core', 'external-orders'), [
    [
      'what was told is not remembered',
      'F-09',
      '  return { ...tpSl.seen, ...Object.fromEntries(grown) };',
      '  return tpSl.seen;',
    ],
    ['the time of the last fill is not kept', 'S-09', '    ...(fills.size > 0 && { lastFillAtMs: nowMs }),\n', ''],
  ]),
  ...mutantsOf('packages/core/src/progress.ts', testsOf('core', 'take-profits'), [
    [
      'the next order of a leg that executed and ended has its old id: reuse a generation',
      'S-25',
      '  for (const leg of ended) generations[leg] = (generations[leg] ?? 0) + 1;\n',
      '',
    ],
  ]),
  ...mutantsOf('packages/core/src/progress.ts', testsOf('core', 'edges'), [
    ['an exit goes on after flat', 'S-14', 'exit: _exit, ', ''],
    [
      'an order of a higher generation that is found raises nothing',
      'S-25',
      '  for (const { leg, generation } of adopted) generations[leg] = Math.max(generation, generations[leg] ?? 0);\n',
      '',
    ],
    [
      'a plan ends unentered while an entry is open',
      'S-21',
      'ended[leg] !== undefined && ended[leg] !== FILLED',
      'ended[leg] !== FILLED',
    ],
    [
      'the epoch follows each new opening time',
      'S-23',
      'tpSl.openTimeMs === undefined || tpSl.openTimeMs === openTimeMs',
      'openTimeMs > 0',
    ],
  ]),
  ...mutantsOf('packages/core/src/progress.ts', testsOf('core', 'entries'), [
    [
      'a plan closes on the first listing without its orders',
      'S-23',
      'isListedSince(sinceMs + LATE_CREATE_MS, snapshot)',
      'isListedSince(sinceMs - LATE_CREATE_MS, snapshot)',
    ],
  ]),
  ...mutantsOf('packages/core/src/progress.ts', testsOf('core', 'closing'), [
    [
      'a flat row alone closes',
      'F-34',
      'return entered.qty > 0n && hasClosedBooks && size === 0n;',
      'return entered.qty > 0n && size === 0n;',
    ],
    [
      'a position that somebody opens after flat is kept as ours',
      'S-23',
      'return isFlat(view) || isLeftBehind(state, view) || reopened',
      'return isFlat(view) || reopened',
    ],
    ['a position that was opened again by others is kept as ours', 'S-23', " || reopened(view) === 'by others';", ';'],
    [
      'the stop is taken for the last one out beside an exit',
      'F-12',
      "['liquidation', 'x', 'stop',",
      "['liquidation', 'stop', 'x',",
    ],
  ]),
  ...mutantsOf('packages/core/src/progress.ts', testsOf('core', 'external-stop'), [
    [
      'what was about a position that ended says something about the next one',
      'S-22',
      '...lasting } = withoutPosition(state);',
      '...lasting } = state;',
    ],
  ]),
  ...mutantsOf('packages/core/src/progress.ts', testsOf('core', 'scenarios'), [
    [
      'a missing order is settled by one of the two listings',
      'F-25',
      'return isListedSince(missingSinceMs, view.snapshot) || isEntered(leg, view);',
      'return view.snapshot.ordersAtMs >= missingSinceMs || isEntered(leg, view);',
    ],
  ]),
  ...mutantsOf('packages/core/src/progress.ts', testsOf('core', 'open-books'), [
    [
      'how long the books are open starts anew with each look',
      'F-40',
      '...(!view.hasClosedBooks && { openBooksSinceMs }),',
      '...(!view.hasClosedBooks && { openBooksSinceMs: view.nowMs }),',
    ],
  ]),
  ...mutantsOf('packages/core/src/stage.ts', testsOf('core', 'closing'), [
    ['a stage leads back', 'F-35', "    position: 'closing',\n", "    position: 'open',\n"],
    [
      'a plan closes at once when it is flat',
      'S-23',
      "    flat: 'closing',\n    gone: 'closed',",
      "    flat: 'closed',\n    gone: 'closed',",
    ],
  ]),
  ...mutantsOf('packages/core/src/filled-take-profits.ts', testsOf('core', 'events', 'scenarios', 'step-ladder'), [
    [
      'a partial fill of a take-profit is its fill',
      'F-07',
      'target - executedQty(view, carrier) < view.instrument.qtyStep',
      'executedQty(view, carrier) > 0n',
    ],
    [
      'a take-profit that was filled once is open again when its share grows',
      'F-01',
      'tpSl.filledTakeProfits.includes(leg) || isFilled(leg)',
      'isFilled(leg)',
    ],
    [
      'what somebody else closed shrinks no share',
      'F-06',
      "executedQty(view, 'external-out') + deleveraged",
      'deleveraged',
    ],
    [
      'what a deleveraging took shrinks no share',
      'S-12',
      "executedQty(view, 'external-out') + deleveraged",
      "executedQty(view, 'external-out')",
      { tests: testsOf('core', 'deleveraged') },
    ],
    [
      'a merged leg is filled by what its own order would have taken',
      'S-16',
      'const carrier = hostOf(leg, hosts);',
      'const carrier = leg;',
    ],
  ]),
  ...mutantsOf('packages/core/src/events.ts', testsOf('core', 'events'), [
    [
      'a second fill of the same size is told under the id of the first',
      'F-09',
      '`${by}:${total}`',
      '`${by}:${format(fill.qty)}`',
    ],
    [
      'the stop is told as a change by others',
      'F-05',
      "isStop(by) ? 'stop-filled' : 'external-change'",
      "isEntry(by) ? 'stop-filled' : 'external-change'",
    ],
    [
      'a stop is told as confirmed on each look',
      'F-09',
      'confirmedStop === undefined || confirmedStop === before.confirmedStop',
      'confirmedStop === undefined',
    ],
    [
      'conditions that hold are told again',
      'F-09',
      '.filter(([name]) => !(name in before))',
      '.filter(([name]) => name !== before)',
    ],
    ['conditions that ended are not told', 'F-24', '    ...cleared.map', '    ...cleared.slice(0, 0).map'],
  ]),
];
