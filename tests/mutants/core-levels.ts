import { mutantsOf, testsOf, type Mutant } from './mutant.ts';

/** Quantities and prices got wrong: the ladder, levels, breakeven. */
export const CORE_LEVELS: readonly Mutant[] = [
  ...mutantsOf('packages/core/src/on-tick.ts', testsOf('core', 'trading-rules'), [
    [
      'after a coarser tick the old level is sent again',
      'F-30',
      "return side === 'Buy' ? ceilTo(level, tickSize) : floorTo(level, tickSize);",
      'return level;',
    ],
    ['levels are rounded towards loss', 'F-30', "side === 'Buy' ?", "side !== 'Buy' ?"],
  ]),
  ...mutantsOf('packages/core/src/ladder.ts', testsOf('core', 'trading-rules'), [
    [
      'after a coarser step the odd remainder is sent again',
      'F-30',
      'targets: onStep(targets, rungs, rules.qtyStep), hosts',
      'targets, hosts',
    ],
    [
      'the step is asked of the open rest and not of the order',
      'S-16',
      'max(0n, floorTo(open + executedOfWorking, step) - executedOfWorking)',
      'floorTo(open, step)',
    ],
  ]),
  ...mutantsOf('packages/core/src/filled-take-profits.ts', testsOf('core', 'trading-rules'), [
    [
      'a leg of which less than a step is left never counts as filled',
      'S-17',
      'target - executedQty(view, carrier) < view.instrument.qtyStep',
      'executedQty(view, carrier) >= target',
    ],
  ]),
  ...mutantsOf('packages/core/src/rules/trailing-stop.ts', testsOf('core', 'trading-rules'), [
    [
      'a trailing stop is armed anew for a coarser tick',
      'S-10',
      'const distance = isStanding ? armed : ceilTo',
      'const distance = isStanding && armed < 0n ? armed : ceilTo',
    ],
  ]),
  ...mutantsOf(
    'packages/core/src/ladder.ts',
    testsOf('core', 'adopt', 'edges', 'external-orders', 'ladder', 'scenarios'),
    [
      ['the last leg is floored too', 'F-22', 'return [...nearer, base - sum(nearer)];', 'return floored;'],
      [
        'what a far leg executed too much is owed by nobody',
        'S-17',
        'return outwards.toReversed().map(pay).toReversed();',
        'return outwards;',
      ],
      [
        'legs that are too small join from the nearest outwards',
        'S-16',
        '[...legs.entries()].toReversed()',
        '[...legs.entries()]',
      ],
      [
        'a leg of exactly the minimum is too small',
        'S-16',
        'target + executedOfWorking < rules.minOrderQty',
        'target + executedOfWorking <= rules.minOrderQty',
      ],
      [
        'the rest of a partly filled order must have the minimum by itself',
        'F-07',
        'target + executedOfWorking < rules',
        'target < rules',
      ],
      [
        'what a leg executed does not count against it',
        'S-17',
        'pay(qty - (rungs[index]?.executed ?? 0n))',
        'pay(qty)',
      ],
    ],
  ),
  ...mutantsOf('packages/core/src/level.ts', testsOf('core', 'adopt', 'edges'), [
    [
      'through is compared the wrong way round: reverse a comparison',
      'S-06',
      'price <= level : price >= level',
      'price >= level : price <= level',
    ],
    ['tighter is compared the wrong way round', 'INVARIANT 4', 'a > b : a < b', 'a < b : a > b'],
    ['the mark price is forgotten for the last', 'S-04', 'return prices.mark;', 'return prices.last;'],
    [
      'what closes goes out on the side of the position',
      'F-21',
      "side === 'Buy' ? 'Sell' : 'Buy'",
      "side === 'Buy' ? 'Buy' : 'Sell'",
    ],
  ]),
  ...mutantsOf('packages/core/src/move-stop.ts', testsOf('core', 'edges', 'scenarios', 'stop'), [
    [
      'a rule may loosen the stop',
      'INVARIANT 4',
      'stop === undefined || !isTighter(view.plan.side, level, stop)',
      'stop === undefined',
    ],
    [
      'where the market is through the new level, exit and keep change places',
      'F-19',
      "ifThrough === 'exit' ?",
      "ifThrough === 'keep' ?",
    ],
    [
      'a stop that was acknowledged is moved back while older rows do not show it',
      'S-09',
      '  if (tpSl.acknowledgedStop === level) return false;\n',
      '',
    ],
    [
      'prices from before the fill are evidence',
      'S-09',
      'const prices = pricesSinceFill(view, tpSl);',
      'const { prices } = view;',
    ],
    [
      'a refusal by the exchange as passed is no evidence',
      'S-09',
      "  if (tpSl.attempts[setStopKey(level)]?.reason === 'through-market') return true;\n",
      '',
    ],
    [
      'where the market is through the new level the loosest one stands in',
      'S-09',
      'isTighter(plan.side, level, best) ? level : best',
      'isTighter(plan.side, level, best) ? best : level',
    ],
  ]),
  ...mutantsOf('packages/core/src/breakeven-level.ts', testsOf('core', 'entries', 'scenarios', 'stop'), [
    [
      'breakeven of a long forgets the fee of closing',
      'S-08',
      'averagePrice * (ONE + paid), ONE - plan.takerFeeRate',
      'averagePrice * (ONE + paid), ONE',
    ],
    ['breakeven of a long is rounded towards loss', 'S-08', 'return ceilTo(ceilDivide(', 'return floorTo(ceilDivide('],
    [
      'breakeven of a short lies above its average',
      'S-08',
      '(averagePrice * (ONE - paid)) / (ONE + plan',
      '(averagePrice * (ONE + paid)) / (ONE - plan',
    ],
    [
      'breakeven is never computed anew',
      'S-09',
      'level !== undefined && breakevenBasis === entered.qty',
      'level !== undefined',
    ],
    ['breakeven skips the closed-books check', 'S-19', ' || !hasClosedBooks) return draft', ') return draft'],
    [
      'breakeven follows whatever average the row shows',
      'S-08',
      'if (isOfEntries && (breakevenOpened ?? opened) === opened) return draft;',
      '',
    ],
    [
      'breakeven stays when others add to the position',
      'S-08',
      'isOfEntries && (breakevenOpened ?? opened) === opened',
      'isOfEntries',
    ],
    [
      'what others add loosens breakeven',
      'S-02',
      'isOfEntries && isTighter(view.plan.side, level, now) ? level : now',
      'now',
    ],
  ]),
];
