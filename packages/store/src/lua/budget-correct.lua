-- Corrects the budget of one account and endpoint class by what the exchange says of it.
-- KEYS[1] class log   KEYS[2] class marks   KEYS[3] address marks
-- ARGV[1] limit per second   ARGV[2] remaining calls   ARGV[3] class window (ms)
-- Calls that others made with the same key are what the exchange counted beyond our log of two windows: a reply is always
-- older than the log, so looking further back never takes our own calls for theirs.
-- Returns how many such calls were entered into the log.
--include now
local limit, remaining, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local now = now_ms()

redis.call('HSET', KEYS[2], 'limit', limit)
redis.call('PEXPIRE', KEYS[2], 86400000)

local foreign = limit - remaining - redis.call('ZCOUNT', KEYS[1], '(' .. (now - 2 * window), '+inf')
if foreign <= 0 then return 0 end

local last = redis.call('HINCRBY', KEYS[3], 'calls', foreign)
for call = last - foreign + 1, last do
  redis.call('ZADD', KEYS[1], now, string.format('%.0f', call))
end
redis.call('PEXPIRE', KEYS[1], 3 * window)
return foreign
