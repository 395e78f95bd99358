import { mutantsOf, testsOf, type Mutant } from './mutant.ts';

/** What Redis decides about checks, got wrong: fences and intents, records, executions, dues, plans. */
export const STORE_CHECKS: readonly Mutant[] = [
  ...mutantsOf('packages/store/src/lua/include/due.lua', testsOf('store', 'check'), [
    [
      'the end of a check puts off what was asked for meanwhile',
      'INVARIANT 27',
      'asked and math.min(asked, at) or at',
      'at',
    ],
    [
      'the end of a check without work drops what was asked for meanwhile',
      'INVARIANT 27',
      "if not asked then redis.call('ZREM', due_key, member) end",
      "redis.call('ZREM', due_key, member)",
    ],
    ['what is due sooner is put off', 'INVARIANT 27', 'tonumber(due) > at', 'tonumber(due) < at'],
  ]),
  ...mutantsOf('packages/store/src/lua/record-check.lua', testsOf('store', 'check'), [
    [
      'a version that has moved on is written over',
      'F-36',
      ' or lane[1] ~= ARGV[6] then return 0 end',
      ' then return 0 end',
    ],
    [
      'a monitor is closed by a job that has lost the fence',
      'S-33',
      "if keep ~= '' and lane[2] ~= ARGV[5] then return 0 end\n",
      '',
    ],
    ['a closed monitor keeps its slot', 'S-23', "redis.call('HDEL', KEYS[1], ARGV[1])\n", ''],
    ['the fence of a closed monitor stays open', 'S-33', "redis.call('HDEL', KEYS[7], 'fence')\n", ''],
    ['a closed monitor is due in its other lane', 'S-23', "redis.call('ZREM', KEYS[3], member)\n", ''],
    ['the version is not raised', 'F-36', 'tonumber(ARGV[6]) + 1', 'tonumber(ARGV[6])'],
    [
      'a check of the limit-order lane counts for the position',
      'INVARIANT 27',
      "if ARGV[4] == 'tp-sl' then",
      'if now then',
    ],
  ]),
  ...mutantsOf('packages/store/src/lua/open-intents.lua', testsOf('store', 'intents'), [
    [
      'the fence is not compared',
      'S-33',
      "if redis.call('HGET', KEYS[1], 'fence') ~= ARGV[1] then return { 'fenced' } end\n",
      '',
    ],
    [
      'an entry is sent although the executions have moved on',
      'S-20',
      "is_above(KEYS[5], 'version', ARGV[6]) or is_above(KEYS[6], 'seq', ARGV[7])",
      "is_above(KEYS[5], 'version', ARGV[6])",
    ],
    [
      'an entry is sent although the stage has moved on',
      'S-20',
      "is_above(KEYS[5], 'version', ARGV[6]) or is_above(KEYS[6], 'seq', ARGV[7])",
      "is_above(KEYS[6], 'seq', ARGV[7])",
    ],
    [
      'a successor does not wait for the open request of its predecessor',
      'F-33',
      "if ARGV[5] ~= '1' then",
      "if ARGV[5] == '2' then",
    ],
    ['an intent past its deadline holds everybody up', 'S-29', ' and now <= intent.deadlineMs then', ' then'],
    [
      'what is absolute is remembered as what is not',
      'S-13',
      "intent.absolute = ARGV[index + 3] == '1'",
      "intent.absolute = ARGV[index + 3] == '0'",
    ],
    [
      'the orderLinkId of a request is not kept',
      'S-25',
      "  if ARGV[index + 2] ~= '' then intent.orderLinkId = ARGV[index + 2] end\n",
      '',
    ],
    ['the intents of the other lane hold up this one', 'S-29', 'intent.lane == ARGV[2] and ', ''],
  ]),
  ...mutantsOf('packages/store/src/intents.ts', testsOf('store', 'intents'), [
    ['an intent ends with recv_window', 'S-29', 'recvWindowMs + SETTLE_MS', 'recvWindowMs'],
    [
      'one absolute action makes its whole request absolute',
      'S-13',
      'intents.every(({ absolute })',
      'intents.some(({ absolute })',
    ],
  ]),
  ...mutantsOf('packages/store/src/lua/apply-executions.lua', testsOf('store', 'executions', 'late-fills'), [
    [
      'an execution counts each time it is brought',
      'INVARIANT 19',
      "redis.call('ZADD', KEYS[1], 'NX', time, id) == 1",
      "redis.call('ZADD', KEYS[1], time, id) >= 0",
    ],
    ['what is older than the ids that are kept counts again', 'INVARIANT 19', 'tonumber(time) >= horizon and ', ''],
    [
      'an execution of a monitor that Redis has lost is used up',
      'F-11',
      'local is_known = part_count == 0 or monitors[tonumber(ARGV[at])].known',
      'local is_known = true',
    ],
    ['the cursor goes back', 'INVARIANT 19', "ARGV[1] ~= '' and tonumber(ARGV[1]) > cursor", "ARGV[1] ~= ''"],
    [
      'a fill makes the limit-order lane wait for its turn',
      'INVARIANT 27',
      "then wake(monitor, 'limit-order', KEYS[6]) end",
      'then end',
    ],
    ['a fill makes the tp-sl lane wait for its turn', 'INVARIANT 27', "    wake(monitor, 'tp-sl', KEYS[5])\n", ''],
    [
      'a take-profit that fills has the lane of the entries look',
      'S-20',
      "monitor.opens or redis.call('ZSCORE', KEYS[6], monitor.member)",
      'monitor.slot',
    ],
    [
      'what somebody opens is kept from the lane of the entries',
      'S-20',
      "monitor.opens or redis.call('ZSCORE', KEYS[6], monitor.member)",
      "redis.call('ZSCORE', KEYS[6], monitor.member)",
    ],
    [
      'executions are booked to monitors that are not active any more',
      'S-23',
      "if not is_known then return { 'moved-on' } end\n",
      '',
    ],
    [
      'the sequence of a monitor falls',
      'S-19',
      "monitor.known and monitor.seq > tonumber(redis.call('HGET', monitor.key, 'seq') or '-1')",
      'monitor.known and monitor.seq > -1',
    ],
    [
      'a fill makes the next monitor of its slot due',
      'S-23',
      "monitor.touched and monitor.slot ~= '' and redis.call('HGET', KEYS[4], monitor.slot) == monitor.id",
      "monitor.touched and monitor.slot ~= ''",
    ],
    [
      'an execution is not told to the archive',
      'INVARIANT 28',
      "    redis.call('XADD', KEYS[3], '*', 'type', 'execution', 'json', json)\n",
      '',
    ],
  ]),
  ...mutantsOf('packages/store/src/lua/take-due.lua', testsOf('store', 'due'), [
    [
      'a monitor is taken twice',
      'INVARIANT 27',
      "  redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), member)\n",
      '',
    ],
    [
      'a monitor that was taken is never due again',
      'INVARIANT 27',
      "redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), member)",
      "redis.call('ZREM', KEYS[1], member)",
    ],
    [
      'the shortest due goes first',
      'INVARIANT 27',
      "redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT'",
      "redis.call('ZREVRANGEBYSCORE', KEYS[1], now, '-inf', 'LIMIT'",
    ],
  ]),
  ...mutantsOf('packages/store/src/lua/touch-checked.lua', testsOf('store', 'check', 'touch-checked'), [
    [
      'a monitor that is closed becomes due again',
      'S-23',
      "  if redis.call('HGET', KEYS[key], ARGV[arg]) ~= ARGV[arg + 1] then return end\n",
      '',
    ],
    ['a check that could not be made counts', 'INVARIANT 16', " and ARGV[arg + 5] ~= '0'", ''],
    [
      'a check that is recorded late puts off its successor',
      'S-33',
      "  if token ~= '' and held[2] ~= token then return end\n",
      '',
    ],
  ]),
  ...mutantsOf('packages/store/src/lua/put-plans.lua', testsOf('store', 'late-fills', 'plans'), [
    ['a slot that is taken is taken over', 'S-23', 'if #taken > 0 then return taken end\n', ''],
    [
      'a new plan begins with the state of the one before it',
      'S-22',
      "  redis.call('DEL', KEYS[keys + 2], KEYS[keys + 3], KEYS[keys + 4])\n",
      '',
    ],
    [
      'a new plan is not due in its entries',
      'INVARIANT 27',
      "  redis.call('ZADD', KEYS[4], now + tonumber(ARGV[args + 10]), member)\n",
      '',
    ],
    [
      'a new plan is not told to the archive',
      'INVARIANT 28',
      "  redis.call('XADD', KEYS[2], '*', 'type', 'planned', 'json', ARGV[args + 7])\n",
      '',
    ],
  ]),
];
