import { mutantsOf, testsOf, type Mutant } from './mutant.ts';

/** What is held back, and what becomes of outcomes, got wrong. */
export const CORE_OUTCOMES: readonly Mutant[] = [
  ...mutantsOf(
    'packages/core/src/decide.ts',
    testsOf('core', 'edges', 'entries', 'open-books', 'outcomes', 'stop', 'trailing-stop'),
    [
      ['what is held back after a refusal is sent at once', 'F-24', 'nextAtMs ?? 0) <= nowMs', 'nextAtMs ?? 0) >= 0'],
      [
        'a stop is confirmed without having been seen',
        'F-18',
        'stop !== undefined && isStopInPlace(stop, view)',
        'stop !== undefined',
      ],
      [
        'that the exit was refused for want of capacity is forgotten',
        'S-14',
        "if (type === 'create' && leg === 'x') return size > 0n;",
        '',
      ],
      [
        'that an entry can no longer be told of a stop is forgotten',
        'S-02',
        "if (type === 'amend' && reason === 'partly-filled') return own.some((order) => order.leg === leg);",
        '',
      ],
      [
        'refusals of what is no longer wanted are kept for ever',
        'F-24',
        'keys.has(key) || isRemembered(key, attempt, view)',
        'keys.size >= 0 || isRemembered(key, attempt, view)',
      ],
      [
        'a lane without work is due all the same',
        'INVARIANT 27',
        'return draft.entries.size > 0 || placed !== undefined || own',
        'return draft.entries.size >= 0 || placed !== undefined || own',
      ],
      ['what ends by the clock makes nothing due', 'F-40', '...(hasMarket ? [marketEntryDeadlineMs] : []),', ''],
      [
        'what was sent is not looked at soon',
        'F-40',
        'isConfirming: actions.length > 0 || missing.isConfirming || isLeaving',
        'isConfirming: missing.isConfirming || isLeaving',
      ],
      ['a position that is being left is not looked at soon', 'F-40', ' || isLeaving(state, view)', ''],
    ],
  ),
  ...mutantsOf('packages/core/src/settle.ts', testsOf('core', 'outcomes'), [
    [
      '34040 on a stop is taken for success',
      'S-03',
      "if (outcome.result === 'done') {\n    const standing",
      "if (outcome.result === 'done' || (outcome.result === 'refused' && outcome.reason === 'not-modified')) {\n    const standing",
    ],
    [
      'an unknown outcome is not harmless any more',
      'S-25',
      "    case 'unknown':\n      return state;",
      "    case 'unknown':\n      return { ...state, ...usedUp(state, { action: outcome.action, result: 'id-ended', status: '', cumExecQty: 0n }) };",
    ],
    [
      'a create that was taken is not expected in the listing',
      'F-25',
      "action.type === 'create' ? { placed: { ...placed, [action.leg]: 0 } } : {}",
      '{}',
    ],
  ]),
  ...mutantsOf('packages/core/src/settle.ts', testsOf('core', 'adopt'), [
    [
      'an id that is used up is used again: reuse a generation',
      'S-25',
      '[leg]: (generations[leg] ?? 0) + 1',
      '[leg]: generations[leg] ?? 0',
    ],
  ]),
  ...mutantsOf('packages/core/src/settle.ts', testsOf('core', 'closing'), [
    ['a rate limit counts as a refusal of the action', 'F-24', "  'rate-limited',\n", ''],
    [
      'a refusal goes on counting where another one stood before',
      'F-24',
      'before?.code === code ? before.count + 1 : 1',
      'before !== undefined ? before.count + 1 : 1',
    ],
    [
      'a success does not forget the refusals before it',
      'F-24',
      'return { ...state, ...acknowledged(state, outcome), attempts };',
      'return { ...state, ...acknowledged(state, outcome) };',
    ],
  ]),
  ...mutantsOf('packages/core/src/settle.ts', testsOf('core', 'take-profits'), [
    [
      'refusals are probed fast for ever',
      'F-24',
      'count < FAILING_AFTER ? RETRY_MS : probeMs',
      'count > 0 ? RETRY_MS : probeMs',
    ],
    [
      'what was asked of a take-profit is not remembered',
      'S-18',
      'asked === undefined ? counted',
      'asked === undefined || asked.qty >= 0n ? counted',
    ],
  ]),
  ...mutantsOf('packages/core/src/settle.ts', testsOf('core', 'late-entries'), [
    [
      'what executed under an ended id is not looked for',
      'S-25',
      'return hasExecuted ? { ...next, placed: { ...placed, [leg]: 0 } } : next;',
      'return next;',
    ],
    [
      'a market entry that filled in part before its id ended is bought again',
      'S-21',
      "status === 'Filled' || (order.orderType === 'Market' && cumExecQty > 0n)",
      "status === 'Filled'",
    ],
    [
      'an entry that somebody ended is placed again',
      'S-12',
      "outcome.action.order.orderType === 'Limit' ? `ended",
      "outcome.action.order.orderType === 'Market' ? `ended",
    ],
  ]),
  ...mutantsOf('packages/core/src/settle.ts', testsOf('core', 'external-orders'), [
    [
      'a take-profit that goes by our own cancel was cancelled by hand',
      'INVARIANT 41',
      'cancelled: [...new Set([...(state.cancelled ?? []), leg])]',
      'cancelled: []',
    ],
  ]),
  ...mutantsOf('packages/core/src/settle.ts', testsOf('core', 'stop'), [
    [
      'a level that is refused as passed goes on counting as acknowledged',
      'S-09',
      'if (!isPassed || state.acknowledgedStop !== triggerPrice) return state;',
      'if (isPassed || !isPassed) return state;',
    ],
  ]),
];
