-- Keeps the answer of a single-order look-up, unless a newer one is there.
-- KEYS[1] look-up   ARGV[1] start   ARGV[2] epoch   ARGV[3] order, '' = the exchange does not know it   ARGV[4] age limit (ms)
-- Returns 1 when kept, else 0
--include now
local held = redis.call('HGET', KEYS[1], 'start')
local left = tonumber(ARGV[4]) - (now_ms() - tonumber(ARGV[1]))
if left <= 0 or (held and tonumber(held) > tonumber(ARGV[1])) then return 0 end

redis.call('HSET', KEYS[1], 'start', ARGV[1], 'epoch', ARGV[2], 'value', ARGV[3])
redis.call('PEXPIRE', KEYS[1], left)
return 1
