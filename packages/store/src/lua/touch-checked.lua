-- Records a check that changed nothing: only when the monitor is due again, and for tp-sl that it was checked.
-- KEYS[1] active   KEYS[2] due of the lane   KEYS[3] checked   KEYS[4] the lane
-- ARGV[1] slot   ARGV[2] monitor id   ARGV[3] member   ARGV[4] lane   ARGV[5] due in (ms, '' = not due in this lane)
-- ARGV[6] '0' when the check could not be made: it then counts for nothing
-- Returns 1, or 0 when the monitor is not active
--include now
--include due
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end

local now = now_ms()
set_due(KEYS[2], ARGV[3], ARGV[5], now, redis.call('HGET', KEYS[4], 'leased'))
if ARGV[4] == 'tp-sl' and ARGV[6] ~= '0' then redis.call('ZADD', KEYS[3], now, ARGV[3]) end
return 1
