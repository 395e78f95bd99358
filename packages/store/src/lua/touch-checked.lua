-- Records checks of one bucket that changed nothing: only when each monitor is due again, and for tp-sl that it was checked.
-- KEYS[1] due of tp-sl   KEYS[2] due of limit-order   KEYS[3] checked   then per check: active, the lane
-- ARGV per check: slot, monitor id, member, lane, due in (ms, '' = not due in this lane), '0' when the check could not be
-- made: it then counts for nothing, and the job's token or '': a check whose fence was taken since is left to its successor
-- Returns how many were recorded: a monitor that is not active is left alone
--include now
--include due
local now, recorded = now_ms(), 0

local function touch(key, arg)
  local member, lane, token = ARGV[arg + 2], ARGV[arg + 3], ARGV[arg + 6]
  if redis.call('HGET', KEYS[key], ARGV[arg]) ~= ARGV[arg + 1] then return end
  local held = redis.call('HMGET', KEYS[key + 1], 'leased', 'fence')
  if token ~= '' and held[2] ~= token then return end

  recorded = recorded + 1
  set_due(lane == 'tp-sl' and KEYS[1] or KEYS[2], member, ARGV[arg + 4], now, held[1])
  if lane == 'tp-sl' and ARGV[arg + 5] ~= '0' then redis.call('ZADD', KEYS[3], now, member) end
end

for check = 0, #ARGV / 7 - 1 do
  touch(4 + 2 * check, 1 + 7 * check)
end
return recorded
