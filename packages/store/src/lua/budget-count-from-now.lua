-- Counts the calls of a grant from now on: their request may have come to the exchange later than it was granted.
-- KEYS[1] address log   and, unless the class has no account limit, KEYS[2] class log
-- ARGV[1] number of its first call   ARGV[2] its cost   ARGV[3] address window (ms)   ARGV[4] class window (ms)
-- Calls that have left a log by now enter it again. Returns nothing.
--include now
local now, first = now_ms(), tonumber(ARGV[1])

local function count(log, call, window)
  redis.call('ZADD', log, now, string.format('%.0f', call))
  redis.call('PEXPIRE', log, 3 * window)
end

count(KEYS[1], first, tonumber(ARGV[3]))
if #KEYS == 1 then return end
for call = first + 1, first + tonumber(ARGV[2]) do
  count(KEYS[2], call, tonumber(ARGV[4]))
end
