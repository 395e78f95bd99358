import { mutantsOf, testsOf, type Mutant } from './mutant.ts';

/** What the facts say, got wrong: what is protected, what must be read again, and when to look again. */
export const CORE_FACTS: readonly Mutant[] = [
  ...mutantsOf('packages/core/src/protection.ts', testsOf('core', 'facts', 'stop'), [
    [
      'a looser stop protects and a tighter one does not',
      'S-05',
      'isTighter(plan.side, loosest, position.stopLoss)',
      'isTighter(plan.side, position.stopLoss, loosest)',
    ],
    ['a stop for less than the position protects it', 'F-16', 'stop.qty < position.size', 'stop.qty < 0n'],
    [
      'a stop with another trigger source protects',
      'S-05',
      "  if (stop.triggerBy !== plan.stopLoss.triggerBy) return 'the stop order has another trigger source';\n",
      '',
    ],
    [
      'a stop that has triggered protects for ever',
      'S-05',
      'ordersAtMs - updatedTimeMs <= TRIGGERED_COUNTS_FOR_MS',
      'ordersAtMs >= 0',
    ],
    [
      'a position without a listed stop is protected',
      'S-05',
      "if (stop === undefined) return 'no stop order is listed';",
      'if (stop === undefined) return undefined;',
    ],
  ]),
  ...mutantsOf('packages/core/src/cadence.ts', testsOf('core', 'entries', 'open-books', 'take-profits'), [
    ['far from a level is near it', 'F-40', '1_000n <= price * NEAR_PER_MILLE', '1_000n >= price * NEAR_PER_MILLE'],
    ['open books are urgent for ever', 'F-40', 'openForMs < OPEN_BOOKS_CONFIRM_FOR_MS', 'openForMs >= 0'],
    [
      'what is retried at a time makes nothing due',
      'F-40',
      '[...urgency.retryAtMs, ...urgency.deadlinesMs]',
      '[...urgency.deadlinesMs]',
    ],
    [
      'a check may be due at once, in a loop',
      'F-40',
      'Math.max(SOONEST_MS, Math.min(...waits, ...times))',
      'Math.min(...waits, ...times)',
    ],
  ]),
  ...mutantsOf('packages/core/src/needs-executions.ts', testsOf('core', 'adopt', 'facts'), [
    [
      'books that do not add up fetch nothing',
      'S-19',
      '!hasClosedBooks(withAdopted(snapshot, plan), memory.tpSl?.stoodBefore) || isReopened',
      'isReopened',
    ],
    [
      'a position that was opened anew fetches nothing',
      'S-23',
      ' || isReopened(position, memory))\n    return true;',
      ')\n    return true;',
    ],
    [
      'an order that shows more than is booked fetches nothing',
      'F-25',
      'row.cumExecQty > (executed',
      'row.cumExecQty < (executed',
    ],
    [
      'an order that vanished fetches nothing',
      'F-25',
      'return placedLegs(memory).some((leg) => !working.has(leg));',
      'return false;',
    ],
  ]),
  ...mutantsOf('packages/core/src/is-outrun.ts', testsOf('core', 'facts'), [
    [
      'a limit that a price has crossed is trusted',
      'F-25',
      "side === 'Buy' ? last <= price : last >= price",
      "side === 'Buy' ? last > price : last < price",
    ],
    ['older prices outrun newer rows', 'F-25', '  if (prices.atMs <= ordersAtMs) return false;\n', ''],
    [
      'rows that show less than is known to have executed are trusted',
      'F-25',
      '  if (own.some((order) => lagsExecutions(order, snapshot))) return true;\n',
      '',
    ],
  ]),
  ...mutantsOf('packages/core/src/view.ts', testsOf('core', 'edges', 'trailing-stop'), [
    ['prices serve for ever', 'S-21', 'nowMs - prices.atMs <= PRICES_SERVE_FOR_MS', 'prices.atMs >= 0'],
    [
      'a position that somebody turned round is ours',
      'S-23',
      'position.size > 0n && position.side === side',
      'position.size > 0n',
    ],
    ['a trailing stop that fires is not seen', 'F-27', '[stopRow, trailingRow].some', '[stopRow].some'],
    [
      'deleveraging is no reason to wait',
      'S-12',
      "(position.status === 'Liq' || position.status === 'Adl')",
      "position.status === 'Liq'",
    ],
  ]),
  ...mutantsOf('packages/core/src/is-listed-since.ts', testsOf('core', 'trailing-stop', 'vanished-orders'), [
    ['listings show at once what was acknowledged', 'F-25', '>= sinceMs + LISTING_LAG_MS', '>= sinceMs'],
    ['one of the two listings is enough', 'F-25', 'Math.min(ordersAtMs', 'Math.max(ordersAtMs'],
  ]),
  ...mutantsOf('packages/core/src/has-late-entry.ts', testsOf('core', 'scenarios'), [
    [
      'whatever is open after flat came by a late entry',
      'S-22',
      'entered.qty > flatEntered',
      'entered.qty >= flatEntered',
    ],
  ]),
  ...mutantsOf('packages/core/src/is-listed-since.ts', testsOf('core', 'vanished-orders'), [
    [
      'rows of a stream are looked at before they can prove anything',
      'F-25',
      'LISTING_LAG_MS + FRAMES_TAKE_MS;',
      'LISTING_LAG_MS;',
    ],
  ]),
  ...mutantsOf('packages/core/src/missing-orders.ts', testsOf('core', 'vanished-orders'), [
    [
      'an order that a stream would tell of is looked for each second',
      'F-40',
      'snapshot.streamed !== true',
      'missing.length >= 0',
    ],
    [
      'an order that no stream would tell of is not looked for',
      'F-25',
      'isConfirming: missing.length > 0, deadlinesMs: []',
      'isConfirming: false, deadlinesMs: []',
    ],
    ['a missing order is looked for though nothing waits for it', 'F-40', 'missing.filter(isAwaited)', 'missing'],
    ['nobody looks for what a plan waits for', 'F-25', 'provenMs.filter((atMs) => atMs > nowMs)', '[]'],
    [
      'rows that prove nothing in time are left until some check',
      'F-25',
      'provenMs.some((atMs) => atMs <= nowMs)',
      'false',
    ],
  ]),
  ...mutantsOf('packages/core/src/decide.ts', testsOf('core', 'vanished-orders'), [
    [
      'nobody looks for the order that keeps a plan from its end',
      'F-25',
      "if (stage !== 'open' && stage !== 'scaled-out') return true;",
      "if (stage !== 'open' && stage !== 'scaled-out') return false;",
    ],
    [
      'nobody looks for a take-profit that is wanted again',
      'F-25',
      'isTakeProfit(leg) && (takeProfits.get(leg) ?? 0n) > 0n;',
      'false;',
    ],
    [
      'a plan that closes under a live stream waits for the next sweep to end',
      'S-23',
      ', ...goneMs(tpSl, view)]',
      ']',
      { tests: testsOf('core', 'vanished-orders') },
    ],
    [
      'a ladder that held back for rows behind a fill goes on when something else happens',
      'S-17',
      ' ...behindRowsMs(draft, view),',
      '',
      { tests: testsOf('core', 'properties-of-streams') },
    ],
    [
      'a stop that somebody moved right after ours stays until something else happens',
      'S-09',
      ', ...heldStopMs(draft, view)',
      '',
      { tests: testsOf('core', 'external-stop') },
    ],
  ]),
  ...mutantsOf('packages/core/src/reassertions.ts', testsOf('core', 'external-stop'), [
    ['what was put back long ago counts for ever', 'INVARIANT 41', 'atMs > nowMs - withinMs', 'atMs > 0'],
  ]),
];
