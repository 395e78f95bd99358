-- Closes intents whose outcome is known. The rows are dirty anew: only a read begun after this moment shows that outcome.
-- KEYS[1] intents   KEYS[2] epoch   KEYS[3] dirty   ARGV[1] slot   ARGV[2..] intent ids
-- Returns the number of intents closed
--include now
--include dirty
local closed = redis.call('HDEL', KEYS[1], unpack(ARGV, 2))
if closed > 0 then mark_dirty(KEYS[2], KEYS[3], ARGV[1], now_ms()) end
return closed
