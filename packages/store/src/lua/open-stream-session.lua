-- Begins the coverage of an account by a new connection: from now on frames come, and nothing from before is vouched for.
-- KEYS[1] stream   ARGV[1] holder   ARGV[2] session
-- Returns 1, or 0 when the process does not hold the lease
--include now
--include holds-stream
if not holds_stream(KEYS[1], ARGV[1], now_ms()) then return 0 end

redis.call('HSET', KEYS[1], 'session', ARGV[2], 'synced', '0')
return 1
