-- Takes one new socket from the budget of this address's connections.
-- KEYS[1] log, a set with one member per socket, scored by Redis time   ARGV[1] limit   ARGV[2] window (ms)
-- Returns 0 when taken, or in how many ms there is room for one more
--include now
local now, limit, window = now_ms(), tonumber(ARGV[1]), tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - window))
redis.call('ZREMRANGEBYSCORE', KEYS[1], string.format('%.0f', now + 1000), '+inf') -- a clock that was set back
local used = redis.call('ZCARD', KEYS[1])
if used >= limit then
  local freed = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
  return math.max(tonumber(freed[2]) + window - now, 1)
end

redis.call('ZADD', KEYS[1], now, string.format('%.0f', now) .. ':' .. used)
redis.call('PEXPIRE', KEYS[1], window)
return 0
