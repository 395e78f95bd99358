-- Has an account's stream vouch for its rows: what was before the session has been read, what came since has been patched.
-- KEYS[1] stream   ARGV[1] holder   ARGV[2] session
-- Returns 1, or 0 when the process does not hold the lease or the session is over
--include now
--include holds-stream
local now = now_ms()
if not holds_stream(KEYS[1], ARGV[1], now) then return 0 end
if redis.call('HGET', KEYS[1], 'session') ~= ARGV[2] then return 0 end

redis.call('HSET', KEYS[1], 'synced', '1', 'since', string.format('%.0f', now))
return 1
