-- Takes monitors whose due time has come, the longest due first, and moves each forward by the lease: who fails to check a
-- monitor that it took finds it due again.
-- KEYS[1] due of the lane   ARGV[1] limit   ARGV[2] lease (ms)
-- Returns the members taken
--include now
local now = now_ms()
local members = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[1])
for _, member in ipairs(members) do
  redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), member)
end
return members
