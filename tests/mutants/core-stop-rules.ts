import { mutantsOf, testsOf, type Mutant } from './mutant.ts';

/** A rule of the core left out, and those of the stop with their levels and moments got wrong. */
export const CORE_STOP_RULES: readonly Mutant[] = [
  ...mutantsOf(
    'packages/core/src/rules/index.ts',
    testsOf('core', 'exit', 'external-stop', 'scenarios', 'time-limit', 'trailing-stop', 'workload'),
    [
      ['the rule closeWhenFlat is dropped: nothing ends at flat', 'S-23', '  closeWhenFlat,\n', ''],
      ['the rule stopLoss is dropped: a position gets no stop', 'S-01', '  stopLoss,\n', ''],
      ['the rule stepLadder is dropped: the stop takes no steps', 'INVARIANT 35', '  stepLadder,\n', ''],
      ['the rule breakeven is dropped: the stop does not go to breakeven', 'S-08', '  breakeven,\n', ''],
      ['the rule timeLimit is dropped: a position may stay open for ever', 'INVARIANT 39', '  timeLimit,\n', ''],
      [
        'the rule externalStop is dropped: what others do to the stop is not seen',
        'INVARIANT 40',
        '  externalStop,\n',
        '',
      ],
      ['the rule trailingStop is dropped: nothing is trailed', 'S-10', '  trailingStop,\n', ''],
      ['the rule takeProfitLadder is dropped: no take-profit is placed', 'S-16', '  takeProfitLadder,\n', ''],
      ['the rule exit is dropped: a position whose stop failed is not left', 'S-06', '  exit,\n', ''],
      ['the rule entry is dropped: nothing is entered', 'S-21', '  entry,\n', ''],
      ['the rule cancelEntries is dropped: entries are never called off', 'S-20', '  cancelEntries,\n', ''],
    ],
  ),
  ...mutantsOf('packages/core/src/rules/stop-loss.ts', testsOf('core', 'edges', 'stop'), [
    [
      'a position that none of our entries opened gets a stop',
      'S-24',
      "entered.qty === 0n || stage === 'closed'",
      "stage === 'closed'",
    ],
    [
      'a stop beyond the liquidation price is told where liquidation is beyond the stop',
      'S-12',
      'isThrough(plan.side, liqPrice, stop)',
      'isThrough(plan.side, stop, liqPrice)',
    ],
    [
      'after flat the plan stop takes the place of the tighter one that a late entry brought',
      'S-22',
      'isTighter(plan.side, attached, planned) ? attached : planned',
      'isTighter(plan.side, attached, planned) ? planned : planned',
    ],
  ]),
  ...mutantsOf('packages/core/src/rules/breakeven.ts', testsOf('core', 'workload'), [
    [
      'breakeven does not wait for its take-profit',
      'S-08',
      "draft.tpSl.stage === 'scaled-out' && isPlanned",
      "draft.tpSl.stage !== 'waiting' && isPlanned",
    ],
  ]),
  ...mutantsOf('packages/core/src/rules/step-ladder.ts', testsOf('core', 'scenarios', 'step-ladder'), [
    [
      'a step puts the stop at the price of the take-profit itself',
      'INVARIANT 35',
      'takeProfits[reached - 1]',
      'takeProfits[reached]',
    ],
    ['a leg that a nearer one carries counts as a step', 'S-16', ' && executedQty(view, leg) > 0n', ''],
  ]),
  ...mutantsOf('packages/core/src/rules/time-limit.ts', testsOf('core', 'time-limit'), [
    [
      'the time limit holds before its end and not after it',
      'INVARIANT 39',
      'view.nowMs < endsAtMs',
      'view.nowMs >= endsAtMs',
    ],
    [
      'tightening leaves the position where the market is through breakeven',
      'S-09',
      "ifThrough: 'keep'",
      "ifThrough: 'exit'",
    ],
  ]),
  ...mutantsOf('packages/core/src/rules/external-stop.ts', testsOf('core', 'external-stop'), [
    [
      'a stop that others move is put back once more than the plan says',
      'INVARIANT 41',
      "reassertionsOf(draft.tpSl, 'stop', view) < mostReassertions",
      "reassertionsOf(draft.tpSl, 'stop', view) <= mostReassertions",
    ],
    [
      'rows from the moment of the confirmation are evidence that somebody moved the stop',
      'S-11',
      'if (!isListedSince(settledStop.sinceMs, view.snapshot)) return { ...draft, isStopHeld: true };',
      '',
    ],
    [
      'an older level of our own that stands again is taken for the will of the operator',
      'S-11',
      ' && !looser.includes(standing)',
      '',
    ],
    [
      'a stop that somebody removed is respected',
      'INVARIANT 40',
      'position?.stopLoss === undefined || stopRow === undefined || ',
      '',
    ],
  ]),
  ...mutantsOf('packages/core/src/rules/trailing-stop.ts', testsOf('core', 'edges', 'trailing-stop'), [
    ['a position that is being left is trailed', 'S-10', 'if (!isManaged(tpSl)) return false;', ''],
    [
      'the activation price is compared the wrong way round',
      'S-10',
      "plan.side === 'Buy' ? prices.last >= activePrice : prices.last <= activePrice",
      "plan.side === 'Buy' ? prices.last <= activePrice : prices.last >= activePrice",
    ],
  ]),
];
