-- Notes that a stream process lives, and forgets those that were not heard of for a while.
-- KEYS[1] stream processes   ARGV[1] owner   ARGV[2] how long one counts as alive after it was heard (ms)
-- Returns all that live
--include now
local now = now_ms()
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. string.format('%.0f', now - tonumber(ARGV[2])))
redis.call('ZREMRANGEBYSCORE', KEYS[1], string.format('%.0f', now + 1000), '+inf') -- a clock that was set back
return redis.call('ZRANGE', KEYS[1], 0, -1)
