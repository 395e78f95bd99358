-- Ends what a process's stream of an account vouches for.
-- KEYS[1] stream   ARGV[1] holder   ARGV[2] why, for people
-- Returns 1, or 0 when the stream is another process's
if redis.call('HGET', KEYS[1], 'holder') ~= ARGV[1] then return 0 end

redis.call('HSET', KEYS[1], 'session', '', 'synced', '0', 'why', ARGV[2])
return 1
