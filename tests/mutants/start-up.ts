import { mutantsOf, testsOf, type Mutant } from './mutant.ts';

const RESTORE = ['services/maintenance/test/restore-order.test.ts'];
const ROUNDS = ['services/scheduler/test/run-rounds.test.ts'];

/** Who is looked at first after a standstill, and when all have been, got wrong. */
export const START_UP: readonly Mutant[] = [
  ...mutantsOf('packages/store/src/lua/land-rows.lua', testsOf('store', 'bare-first'), [
    ['what a read shows without a stop waits for its turn', 'S-01', 'now - tonumber(ARGV[13])', 'now'],
    [
      'what is held without a stop already is put ahead by every read',
      'S-01',
      'if not held or not is_bare(held[5]) then put_ahead(slot, member) end',
      'put_ahead(slot, member)',
    ],
  ]),
  ...mutantsOf('packages/store/src/due.ts', testsOf('store', 'bare-first'), [
    ['a position without a stop goes before accounts that nobody has read', 'S-01', 'AHEAD_MS / 2', 'AHEAD_MS * 2'],
    ['what is without a stop is put behind those that wait', 'S-01', "'tp-sl', -BARE_AHEAD_MS", "'tp-sl', 0"],
  ]),
  ...mutantsOf('services/maintenance/src/restore.ts', RESTORE, [
    ['restored accounts are read when their turn comes', 'F-11', 'setDueFirst(redis, firstBare)', 'undefined'],
    [
      'restored monitors without a stop wait for their turn',
      'S-01',
      '...others.map((ref) => setDueBare(redis, ref))',
      '',
    ],
    [
      'entries of restored plans compete with their stops',
      'S-01',
      'const ENTRIES_LATER_MS = 6_000',
      'const ENTRIES_LATER_MS = 0',
    ],
    [
      'of an account that was read all wait for what it executed',
      'F-11',
      "await setDueWithin(redis, first, 'tp-sl', 0)",
      'return',
    ],
  ]),
  ...mutantsOf('services/scheduler/src/run-rounds.ts', ROUNDS, [
    [
      'a round that one monitor holds open never ends',
      'INVARIANT 17',
      ' && round.nowMs - round.openedAtMs < longestMs',
      '',
    ],
    ['a round that was open once stays open', 'INVARIANT 27', 'return atMs < round.openedAtMs', 'return atMs > 0'],
  ]),
];
