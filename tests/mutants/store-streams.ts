import { mutantsOf, testsOf, type Mutant } from './mutant.ts';

/** What frames of a stream do to rows, and what the stream vouches for, got wrong. */
export const STORE_STREAMS: readonly Mutant[] = [
  ...mutantsOf('packages/store/src/lua/patch-rows.lua', testsOf('store', 'patch-rows'), [
    ['an order that ended reopens by a late frame', 'S-07', 'if held.ended or order < 0', 'if order < 0'],
    ['of two frames of an order the older counts too', 'S-07', 'if held.ended or order < 0', 'if held.ended'],
    [
      'of equal position rows the one of the earlier frame counts',
      'S-07',
      ' or order == 0 and tonumber(frame.createdMs) < tonumber(held.createdMs)',
      '',
    ],
    ['frames of a session that is over are patched in', 'S-07', 'if ARGV[2] ~= session then', 'if false then'],
    [
      'frames are put in for monitors that are not active any more',
      'INVARIANT 27',
      "if not is_known then return { 'moved-on' } end\n",
      '',
    ],
    ['a row that could not be read is clean', 'F-34', '  if is_unreadable then read_through(place) end\n', ''],
    [
      'whose rows changed is told, and not due',
      'INVARIANT 27',
      '  due_by(due_key, place.member .. monitor, now)\n',
      '',
    ],
  ]),
  ...mutantsOf('packages/store/src/lua/include/overlay.lua', testsOf('store', 'streamed-landings'), [
    ['a read that is behind reopens an order that ended', 'S-07', 'frame.ended and place or order > 0', 'order > 0'],
    [
      'a frame that came while a read was under way is lost',
      'S-07',
      '  if frame.at >= start then return true end\n',
      '',
    ],
    [
      'frames of an earlier session are newer than a listing after them',
      'S-07',
      "session ~= '' and frame.session == session and frame.at",
      "session ~= '' and frame.at",
    ],
    [
      'an older row of a read opens a position that is flat',
      'S-07',
      'return order > 0 or order == 0 and is_later(frame, read.start, read.session, read.lag)',
      'return false',
    ],
  ]),
  ...mutantsOf('packages/store/src/lua/land-rows.lua', testsOf('store', 'vouched-rows'), [
    [
      'what was read while Redis was flushed is vouched for',
      'INVARIANT 22',
      'is_own and is_current and',
      'is_current and',
    ],
  ]),
  ...mutantsOf('packages/store/src/lua/include/live-session.lua', testsOf('store', 'vouched-rows'), [
    ['a stream that is not in sync vouches', 'INVARIANT 22', " and stream[2] == '1'", ''],
    ['a stream whose lease ran out vouches', 'INVARIANT 22', ' and stream[3] and tonumber(stream[3]) > now', ''],
    [
      'a stream vouches for rows of another session',
      'INVARIANT 22',
      'local is_vouched = session and row[6] == session',
      "local is_vouched = session and row[6] ~= ''",
    ],
  ]),
  ...mutantsOf('packages/store/src/lua/include/confirm.lua', testsOf('store', 'confirmed-writes'), [
    [
      'a stop is confirmed by the position alone',
      'S-03',
      'return awaited.inOrder and awaited.inPosition',
      'return awaited.inPosition',
    ],
    [
      'an amend is confirmed whatever values the order has',
      'S-25',
      '    if awaited[field] ~= nil and row[field] ~= awaited[field] then return false end\n',
      '',
    ],
    [
      'an amend is confirmed by a frame from before it',
      'S-25',
      'return row.updatedTimeMs > awaited.updated',
      'return true',
    ],
    ['rows are clean with the first of two writes', 'INVARIANT 22', ' or pending_epoch > epoch', ''],
    [
      'an unknown outcome that a frame proves stays open',
      'S-25',
      'if awaited.monitor == place.monitor then',
      'if false then',
    ],
  ]),
  ...mutantsOf('packages/store/src/lua/close-intents.lua', testsOf('store', 'confirmed-writes'), [
    ['what was refused is awaited as if it had been taken', 'S-25', "outcome == 'acknowledged' and redis", 'redis'],
    [
      'what was never sent is awaited for ever',
      'INVARIANT 22',
      "    redis.call('HDEL', KEYS[4], id)\n",
      '    local _ = id\n',
    ],
  ]),
  ...mutantsOf('packages/store/src/lua/hold-streams.lua', testsOf('store', 'stream-leases'), [
    [
      'a live lease is taken from its holder',
      'INVARIANT 22',
      'if is_live and stream[1] ~= ARGV[1] then',
      'if is_live and false then',
    ],
    [
      'what a lease vouched for outlives it',
      'INVARIANT 22',
      'if not is_live or stream[3] ~= session then',
      'if stream[3] ~= session then',
    ],
    [
      'an end that Redis did not hear of is never made up for',
      'INVARIANT 22',
      ' or stream[3] ~= session then',
      ' then',
    ],
  ]),
  ...mutantsOf('packages/store/src/stream-leases.ts', testsOf('store', 'stream-leases'), [
    ['two processes of one name hold one lease', 'INVARIANT 22', '${name}${MARK}${randomUUID()}', '${name}${MARK}'],
  ]),
];
