-- Opens a sweep round: none is open, and enough time has passed since the last one was opened.
-- KEYS[1] current round   ARGV[1] least time between two openings (ms)   ARGV[2] calls of all processes so far
-- Returns when it was opened (ms), or 0
--include now
local round = redis.call('HMGET', KEYS[1], 'opened', 'closed')
local now = now_ms()
if round[1] and not round[2] then return 0 end
if round[1] and now - tonumber(round[1]) < tonumber(ARGV[1]) and tonumber(round[1]) <= now then return 0 end

redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'opened', now, 'calls', ARGV[2])
return now
