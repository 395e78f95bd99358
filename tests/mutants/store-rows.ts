import { mutantsOf, testsOf, type Mutant } from './mutant.ts';

/** What Redis keeps of reads, got wrong: rows and their dirt, flights, look-ups. */
export const STORE_ROWS: readonly Mutant[] = [
  ...mutantsOf('packages/store/src/lua/include/dirty.lua', testsOf('store', 'cache'), [
    [
      'a write skips dirty marking',
      'INVARIANT 22',
      "  redis.call('HSET', dirty_key, slot .. ':tp-sl', epoch, slot .. ':limit-order', epoch, slot .. ':at', now)\n",
      '',
    ],
    ['a write skips dirty marking for the other lane', 'INVARIANT 22', ", slot .. ':limit-order', epoch", ''],
    [
      'writes share an epoch',
      'INVARIANT 22',
      "redis.call('INCR', epoch_key)",
      "tonumber(redis.call('GET', epoch_key) or '0')",
    ],
  ]),
  ...mutantsOf('packages/store/src/lua/include/row.lua', testsOf('store', 'rows'), [
    [
      'a row outlives the listing that no longer has it',
      'F-34',
      'tonumber(row[1]) >= tonumber(listing[1])',
      'tonumber(row[1]) >= 0',
    ],
    [
      'a listing says nothing about rows that it does not contain',
      'F-34',
      '  if listing[1] then\n    return {',
      '  if false then\n    return {',
    ],
  ]),
  ...mutantsOf('packages/store/src/lua/read-check.lua', testsOf('store', 'check', 'rows'), [
    [
      'a read takes no fence',
      'S-33',
      "  redis.call('HSET', fenced, 'fence', ARGV[5], 'leased', leased)\n",
      "  redis.call('HSET', fenced, 'leased', leased)\n",
    ],
    ['rows read before the last write are clean', 'INVARIANT 22', 'tonumber(row[3]) < dirty_epoch or ', ''],
    [
      'rows read before the deadline of an open intent are clean',
      'S-29',
      ' or tonumber(row[1]) <= unsettled_until',
      '',
    ],
    [
      'what was never read is taken for what is too old',
      'F-34',
      "(seen[1] or seen[2]) and 'expired' or 'missed'",
      "'expired'",
    ],
    ['a look takes the fence', 'S-33', 'if not looks_only then\n  local fenced', 'if member then\n  local fenced'],
    [
      'a lost check is never due again',
      'INVARIANT 27',
      "  redis.call('ZADD', KEYS[2], leased, member)\n",
      "  redis.call('ZREM', KEYS[2], member)\n",
    ],
  ]),
  ...mutantsOf('packages/store/src/lua/land-rows.lua', testsOf('store', 'flights', 'rows'), [
    ['an older read overwrites a newer row', 'INVARIANT 17', ' or (held and tonumber(held) > start)', ''],
    [
      'rows live from their landing, not from the start of their read',
      'F-34',
      'local orders_left = tonumber(ARGV[6]) - (now - start)',
      'local orders_left = tonumber(ARGV[6])',
    ],
    [
      'a landing does not end its flight',
      'F-39',
      "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end\n",
      '',
    ],
    [
      'a late landing ends the flight of another',
      'F-39',
      "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end",
      "redis.call('DEL', KEYS[1])",
    ],
    ['a landing leaves the back-off standing', 'F-34', "redis.call('DEL', KEYS[3])\nlocal", 'local'],
    [
      'a row of one read carries the epoch of now',
      'INVARIANT 22',
      "'epoch', ARGV[3], 'patched'",
      "'epoch', now, 'patched'",
    ],
    ['the waiters of a read are handed over twice', 'F-39', "redis.call('DEL', KEYS[2])\nreturn", 'return'],
  ]),
  ...mutantsOf('packages/store/src/lua/begin-flight.lua', testsOf('store', 'flights'), [
    [
      'everybody reads for himself',
      'F-39',
      "redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2])",
      "redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])",
    ],
    ['reads go on while the account rests', 'F-34', 'if failed_until > now then', 'if failed_until < 0 then'],
    ['who waits is not entered', 'F-39', "  redis.call('SADD', KEYS[2], ARGV[5])\n", ''],
    ['who waits is lost when nobody lands', 'INVARIANT 27', '  due_for_waiter(now + tonumber(ARGV[3]))\n', ''],
    ['the epoch of a read is never told', 'INVARIANT 22', "tonumber(redis.call('GET', KEYS[4]) or '0')", '0'],
  ]),
  ...mutantsOf('packages/store/src/lua/end-flight.lua', testsOf('store', 'back-off', 'flights'), [
    [
      'a failure ends the flight of another',
      'F-39',
      "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end",
      "redis.call('DEL', KEYS[1])",
    ],
    ['a back-off does not double', 'F-34', '2 ^ math.min(count - 1, 30)', '1'],
    [
      'a back-off has no longest',
      'F-34',
      'math.min(tonumber(ARGV[4]) * 2 ^ math.min(count - 1, 30), tonumber(ARGV[5]))',
      'tonumber(ARGV[4]) * 2 ^ math.min(count - 1, 30)',
    ],
    [
      'a rest that the exchange asked for is cut short',
      'F-34',
      'now + math.max(backoff, tonumber(ARGV[3]))',
      'now + backoff',
    ],
    ['a success leaves the failures counted', 'F-34', "if ARGV[2] == 'read' then redis.call('DEL', KEYS[3]) end\n", ''],
    [
      'what our own side refused ends a back-off',
      'F-34',
      "if ARGV[2] == 'read' then redis.call('DEL', KEYS[3]) end",
      "if ARGV[2] ~= 'failed' then redis.call('DEL', KEYS[3]) end",
    ],
  ]),
  ...mutantsOf('packages/store/src/lua/close-intents.lua', testsOf('store', 'rows'), [
    [
      'a reply skips dirty marking',
      'INVARIANT 22',
      'local epoch = mark_dirty(KEYS[2], KEYS[3], ARGV[1], now_ms())',
      "local epoch = tonumber(redis.call('GET', KEYS[2]) or '0')",
    ],
  ]),
  ...mutantsOf('packages/store/src/lua/get-lookup.lua', testsOf('store', 'cache'), [
    [
      'a look-up from before a write is read after it',
      'INVARIANT 22',
      'lookup[1] and tonumber(lookup[3]) >= dirty_epoch',
      'lookup[1]',
    ],
    [
      'one order has two ages',
      'INVARIANT 22',
      'if row and string.find(row[5], ARGV[2], 1, true) then return {} end\n',
      '',
    ],
  ]),
  ...mutantsOf('packages/store/src/lua/evict-expired.lua', testsOf('store', 'cache'), [
    ['a young dirty mark is cleared', 'INVARIANT 22', 'tonumber(marks[2]) + tonumber(ARGV[2]) < now and ', ''],
    [
      'a dirty mark is cleared although its rows were not read since',
      'INVARIANT 22',
      ' and tonumber(position[3]) >= epoch and tonumber(orders[3]) >= epoch',
      '',
    ],
  ]),
];
