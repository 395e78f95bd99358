import { mutantsOf, testsOf, type Mutant } from './mutant.ts';

/** What others held, what nobody knows the name of, and who waits: got wrong. */
export const BEFORE: readonly Mutant[] = [
  ...mutantsOf('packages/core/src/stood-before-now.ts', testsOf('core', 'stood-before'), [
    [
      'what others held before the plan is forgotten',
      'S-19',
      '  const stoodBefore = max(unexplained, 0n);',
      '  const stoodBefore = 0n;',
    ],
    [
      'an entry of ours that was listed late stays held for a position of others',
      'S-19',
      '  if (unexplained === 0n && stoodBefore > taken) return true;\n',
      '',
    ],
    [
      'a take-profit that is not booked yet is taken for what others held',
      'S-19',
      'unexplained === 0n && stoodBefore > taken',
      'unexplained === 0n',
    ],
    [
      'a fill of ours that the row showed first keeps the books open for ever',
      'S-19',
      ' && hasStayed(unexplained, view);\n}\n\n/** By orders',
      ' && hasStayed(unexplained, view) && stoodBefore < 0n;\n}\n\n/** By orders',
    ],
    ['whatever stays unexplained was held by others', 'S-19', ' && unexplained <= max(stoodBefore, taken)', ''],
    [
      'what others held counts only while the plan saw it',
      'S-19',
      'unexplained <= max(stoodBefore, taken)',
      'unexplained <= stoodBefore',
    ],
    [
      'what took others out of their position are only their orders',
      'S-19',
      'return executedBy(executed, (by) => !isOpening(by) && !isOwn(by)).qty;',
      "return executedBy(executed, (by) => by === 'external-out').qty;",
    ],
    [
      'what is unexplained is believed at once',
      'S-19',
      'isListedSince(unexplained.sinceMs + ONE_MORE_LOOK_MS, snapshot)',
      'isListedSince(0, snapshot)',
    ],
    [
      'what others hold is forgotten at the first look that hides it',
      'S-20',
      ' || hasStayed(unexplained, view);\n}\n\n/**',
      ' || unexplained >= 0n;\n}\n\n/**',
    ],
  ]),
  ...mutantsOf('packages/core/src/unexplained-now.ts', testsOf('core', 'stood-before'), [
    [
      'how long a quantity has been unexplained goes on beside new executions',
      'S-19',
      'unexplained?.qty === qty && fills.size === 0 ?',
      'unexplained?.qty === qty ?',
    ],
    [
      'how long anything has been unexplained goes on with another quantity',
      'S-19',
      'unexplained?.qty === qty && fills.size === 0 ?',
      'unexplained !== undefined && fills.size === 0 ?',
    ],
  ]),
  ...mutantsOf('packages/core/src/has-closed-books.ts', testsOf('core', 'stood-before'), [
    [
      'what others held counts against the plan',
      'S-19',
      'net + stoodBefore === position.size',
      'net === position.size',
    ],
    [
      'something is entered beside what others hold when sizes are alike',
      'S-20',
      'net === position.size && stoodBefore === 0n',
      'net === position.size',
    ],
  ]),
  ...mutantsOf('packages/core/src/last-result.ts', testsOf('core', 'remembered'), [
    [
      'a result is kept whatever its inputs',
      'INVARIANT 11',
      'known !== undefined && areEqual(known.inputs, inputs)',
      'known !== undefined',
    ],
    ['a result is kept when an input has gone', 'INVARIANT 11', 'a.length === b.length && a.every', 'b.every'],
  ]),
  ...mutantsOf('packages/core/src/needs-executions.ts', testsOf('core', 'stood-before'), [
    [
      'the executions that closed what others held are not read',
      'S-19',
      '  if (isClosedByOthers(snapshot, memory)) return true;\n',
      '',
    ],
  ]),
  ...mutantsOf('packages/core/src/attribute.ts', testsOf('core', 'facts'), [
    [
      'what an order of ours executed is no fill when its kind is new',
      'F-05',
      'own === undefined && !isKnownKind(execType)',
      '!isKnownKind(execType)',
    ],
  ]),
  ...mutantsOf('packages/core/src/view.ts', testsOf('core', 'exit'), [
    ['a stop of unknown status counts as firing', 'F-27', 'FIRING.has(row.status)', "row.status !== 'Untriggered'"],
  ]),
  ...mutantsOf('packages/store/src/wake.ts', testsOf('store', 'wake'), [
    [
      'an event that waits loses its place when it is asked for again',
      'INVARIANT 27',
      "(await waiting.getState()) === 'prioritized'",
      'waiting.id !== undefined',
    ],
  ]),
  ...mutantsOf('packages/store/src/budget-renewal.ts', testsOf('integration', 'slow-redis'), [
    [
      'protection that departs all the same is held up again before it is signed',
      'S-31',
      'return { ...held, final: true };',
      'return held;',
    ],
  ]),
];
