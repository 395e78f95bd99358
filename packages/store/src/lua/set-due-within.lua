-- Makes an active monitor due within some time in one lane; one that is due sooner stays so.
-- KEYS[1] active   KEYS[2] due of the lane   ARGV[1] slot   ARGV[2] monitor id   ARGV[3] member   ARGV[4] within (ms)
-- Returns 1, or 0 when the monitor is not active
--include now
--include due
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end

due_by(KEYS[2], ARGV[3], now_ms() + tonumber(ARGV[4]))
return 1
