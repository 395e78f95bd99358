-- Closes the open round once every monitor has been checked since its opening, or as incomplete when that takes too long:
-- one account that cannot be read must not keep the others from being swept.
-- KEYS[1] current round   KEYS[2] rounds, newest first
-- ARGV[1] when the monitor checked longest ago was checked (ms)   ARGV[2] monitors   ARGV[3] calls of all processes so far
-- ARGV[4] rounds kept   ARGV[5] time after which it closes as incomplete (ms)
-- Returns {state, opened, closed, calls in it, 1 when complete}: state is 'open', 'closed' (now, by this call) or 'none'
--include now
local round = redis.call('HMGET', KEYS[1], 'opened', 'closed', 'calls')
if not round[1] or round[2] then return { 'none' } end

local now, opened = now_ms(), tonumber(round[1])
local complete = tonumber(ARGV[1]) >= opened
if not complete and now - opened < tonumber(ARGV[5]) then return { 'open' } end

local calls = math.max(0, tonumber(ARGV[3]) - tonumber(round[3] or ARGV[3])) -- a process that started anew counts from 0
local flag = complete and 1 or 0
redis.call('HSET', KEYS[1], 'closed', now)
redis.call('LPUSH', KEYS[2], table.concat({ round[1], string.format('%.0f', now), ARGV[2], calls, flag }, ' '))
redis.call('LTRIM', KEYS[2], 0, tonumber(ARGV[4]) - 1)
return { 'closed', opened, now, calls, flag }
