import { mutantsOf, testsOf, type Mutant } from './mutant.ts';

/** How requests are sent, got wrong. */
export const DESK_SENDING: readonly Mutant[] = [
  ...mutantsOf('packages/desk/src/request-lane.ts', testsOf('desk', 'request-lane'), [
    [
      'a stop departs whatever the budget says',
      'INVARIANT 26',
      'if (!isFirst) await renew(await granted(asked));',
      'if (!isFirst) await asked.catch(() => undefined);',
    ],
    [
      'calls whose reply comes late count from their grant on',
      'INVARIANT 26',
      '  countFromNow(redis, request, grant).catch',
      '  Promise.resolve(request).catch',
    ],
    [
      'calls that were asked for beside their intent never count later',
      'INVARIANT 26',
      'return { depart: onAnswer(prepaid, renew), arrived };',
      'return { depart: onAnswer(prepaid, renew), arrived: () => undefined };',
    ],
    ['every call counts twice', 'INVARIANT 26', '  if (performance.now() - grant.askedAtMs <= LATE_MS) return;\n', ''],
  ]),
  ...mutantsOf('packages/desk/src/hold-budget.ts', testsOf('desk', 'hold-budget'), [
    [
      'an intent is stored although its budget may well be refused',
      'S-31',
      ' && hasPlenty(deps.redis, { ...request, endpoint: single })',
      '',
    ],
  ]),
  ...mutantsOf('packages/desk/src/batches.ts', testsOf('desk', 'batches'), [
    ['requests of two budget lanes share a batch', 'S-31', '    first.budget !== action.budget ||\n', ''],
    ['an exit shares its batch', 'S-14', ' && !isExit(first) && !isExit(action);', ';'],
    ['a stop shares its batch', 'S-15', "return action.type !== 'set-stop' && ", 'return '],
    [
      'a batch may be larger than its lane is ever granted',
      'S-31',
      'batch.length >= largestCost',
      'batch.length > largestCost',
    ],
    [
      'actions join an earlier request of their kind',
      'S-15',
      'const last = cut.at(-1);',
      'const last = cut.find((batch) => fits(batch, action)) ?? cut.at(-1);',
    ],
  ]),
  ...mutantsOf('packages/desk/src/hold-budget.ts', testsOf('desk', 'endpoints', 'hold-budget'), [
    [
      'what the batch budget granted is paid for once more',
      'S-31',
      '      left = batch.slice(answer.cost);',
      '      left = batch.slice(0);',
    ],
    ['a batch that is granted in part goes out whole', 'S-31', 'batch.slice(1, answer.cost)', 'batch.slice(1)'],
    [
      'what the budget refuses is lost: neither sent nor told as unsent',
      'S-31',
      'refused: left.slice(at)',
      'refused: left.slice(left.length)',
    ],
    ['every write is paid for as protection', 'INVARIANT 26', 'lane: first.budget }', "lane: 'protective' } as const"],
    ['cancels are paid for as creates', 'S-31', "{ single: 'order-cancel',", "{ single: 'order-create',"],
  ]),
  ...mutantsOf('packages/desk/src/look-up.ts', testsOf('integration', 'outcomes'), [
    [
      'an order that is gone is taken for placed',
      'S-25',
      "isWorking(order) ? { action, result: 'done' }",
      "order !== null ? { action, result: 'done' }",
    ],
  ]),
  ...mutantsOf('packages/desk/src/look-up.ts', testsOf('integration', 'writes'), [
    [
      'a lost create is sent again without being looked up',
      'INVARIANT 25',
      "if (action.type !== 'create' || !lost.has(action.order.orderLinkId)) continue;",
      "if (action.type !== 'create' || lost.size >= 0) continue;",
    ],
    ['a look-up that failed is an answer', 'S-25', '    () => undefined,\n', '    () => ({ order: undefined }),\n'],
  ]),
  ...mutantsOf('packages/desk/src/carry-out.ts', testsOf('integration', 'outcomes'), [
    [
      '34040 is taken for success',
      'S-03',
      "if (reply.ok) return { action, result: 'done' };",
      "if (reply.ok || reply.error.reason === 'not-modified') return { action, result: 'done' };",
    ],
    [
      'a request goes out although its intent was refused',
      'S-33',
      '    if (opened.ok) return;\n',
      '    if (opened.ok || opened.why !== null) return;\n',
    ],
    ['what is not absolute goes out on unsettled rows', 'S-13', 'return action.absolute || !dirty;', 'return true;'],
    [
      'the intent of an unknown outcome is closed at once',
      'S-29',
      "    if (outcomes[at]?.result === 'unknown') return [];\n",
      '',
    ],
    [
      'an id that the exchange knows is a refusal',
      'S-25',
      "if (reason === 'duplicate-link-id' && action.type === 'create') {",
      "if (reason === 'duplicate-link-id' && action.type === 'create' && code < 0) {",
    ],
    [
      'an entry goes out although the executions have moved on',
      'S-20',
      "lane === 'limit-order' && request.some(({ type }) => type === 'create') ? { unless: since(facts) } : {}",
      "lane === 'tp-sl' && request.some(({ type }) => type === 'cancel') ? { unless: since(facts) } : {}",
    ],
    [
      'an unknown outcome of a write is a refusal',
      'S-25',
      "  if (reason === 'unknown') return { action, result: 'unknown' };\n",
      '',
    ],
  ]),
  ...mutantsOf('packages/desk/src/carry-out.ts', testsOf('integration', 'streamed-writes'), [
    [
      'what was acknowledged is only shown by a read',
      'S-03',
      "if (reply.ok) return 'acknowledged';",
      "if (reply.ok) return 'refused';",
    ],
  ]),
  ...mutantsOf('packages/desk/src/awaits-of.ts', testsOf('desk', 'awaits-of'), [
    [
      'a trailing stop counts as armed when the stop beneath it stands',
      'S-10',
      "trailing === undefined ? { type: 'set-stop', triggerPrice } : { type: 'read' }",
      "trailing === null ? { type: 'read' } : { type: 'set-stop', triggerPrice }",
    ],
    ['an amend is confirmed by the row as it was before', 'S-03', 'updated: row.updatedTimeMs', 'updated: 0'],
    ['an amend is confirmed without its price', 'S-03', '    ...(price !== undefined && { price }),\n', ''],
  ]),
];
