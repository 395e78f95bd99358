-- Notes that a process lives.
-- KEYS[1] processes   ARGV[1] name   ARGV[2] what it says of itself, JSON
-- Stored as "<Redis time in ms> <JSON>". Returns that time
--include now
local now = now_ms()
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', now) .. ' ' .. ARGV[2])
return now
