-- Ends a flight that landed no rows: releases it if it is still ours. A failure is remembered with a back-off that doubles, until a
-- read succeeds; one that says nothing of the exchange leaves what is remembered as it is.
-- KEYS[1] flight   KEYS[2] waiters   KEYS[3] failure
-- ARGV[1] flight id   ARGV[2] 'read', 'cancelled' or 'failed'; the rest of what 'failed' asks for: ARGV[3] least back-off (ms)
-- ARGV[4] first back-off (ms)   ARGV[5] longest back-off (ms)   ARGV[6] how long failures are remembered (ms)
-- ARGV[7] what went wrong, for people
-- Returns {end of the back-off that began or 0, {waiters}}
--include now
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
local waiters = redis.call('SMEMBERS', KEYS[2])
redis.call('DEL', KEYS[2])

if ARGV[2] == 'read' then redis.call('DEL', KEYS[3]) end
if ARGV[2] ~= 'failed' then return { 0, waiters } end

local count = redis.call('HINCRBY', KEYS[3], 'count', 1)
local backoff = math.min(tonumber(ARGV[4]) * 2 ^ math.min(count - 1, 30), tonumber(ARGV[5]))
local now = now_ms()
local failed_until = now + math.max(backoff, tonumber(ARGV[3]))
redis.call('HSETNX', KEYS[3], 'since', now)
redis.call('HSET', KEYS[3], 'until', failed_until, 'last', now, 'why', ARGV[7])
redis.call('PEXPIRE', KEYS[3], math.max(backoff, tonumber(ARGV[3])) + tonumber(ARGV[6]))
return { failed_until, waiters }
