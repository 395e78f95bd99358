import { mutantsOf, testsOf, type Mutant } from './mutant.ts';

/** What others held, what nobody knows the name of, and who waits: got wrong. */
export const BEFORE: readonly Mutant[] = [
  ...mutantsOf('packages/core/src/stood-before-now.ts', testsOf('core', 'stood-before'), [
    [
      'what others held before the plan is forgotten',
      'S-19',
      '  if (unexplained > 0n) return { stoodBefore: unexplained };\n',
      '',
    ],
    [
      'an entry of ours that was listed late stays held for a position of others',
      'S-19',
      'stoodBefore > 0n && unexplained === 0n ? { stoodBefore: 0n } : {}',
      '{}',
    ],
  ]),
  ...mutantsOf('packages/core/src/has-closed-books.ts', testsOf('core', 'stood-before'), [
    ['what others held counts against the plan', 'S-19', 'net + stoodBefore === size', 'net === size'],
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
