-- Lands a read: its rows, for a read of the whole account also its listings, which speak for every row that they do not
-- contain. A newer row or listing is never overwritten, and each expires at its age counted from the read's start.
-- KEYS[1] flight   KEYS[2] waiters   KEYS[3] failure   KEYS[4] landed   KEYS[5] position listing   KEYS[6] orders listing
-- KEYS[7..] position rows, then orders rows
-- ARGV[1] flight id   ARGV[2] start   ARGV[3] epoch   ARGV[4] 'account' or 'symbol'   ARGV[5] age limit of positions (ms)
-- ARGV[6] age limit of orders (ms)   ARGV[7] number of position rows   then a value per row, then the fields to mark landed
-- Returns {now, {waiters}}
--include now
local now = now_ms()
local start, row_count, position_rows = tonumber(ARGV[2]), #KEYS - 6, tonumber(ARGV[7])

local function write(key, left, value)
  local held = redis.call('HGET', key, 'start')
  if left <= 0 or (held and tonumber(held) > start) then return end

  redis.call('HSET', key, 'start', ARGV[2], 'end', now, 'epoch', ARGV[3], 'patched', '0', 'value', value)
  redis.call('PEXPIRE', key, left)
end

local positions_left = tonumber(ARGV[5]) - (now - start)
local orders_left = tonumber(ARGV[6]) - (now - start)
if ARGV[4] == 'account' then
  write(KEYS[5], positions_left, '')
  write(KEYS[6], orders_left, '')
end
for index = 1, row_count do
  write(KEYS[6 + index], index <= position_rows and positions_left or orders_left, ARGV[7 + index])
end
for index = 8 + row_count, #ARGV do
  redis.call('HSET', KEYS[4], ARGV[index], now)
end

if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
redis.call('DEL', KEYS[3])
local waiters = redis.call('SMEMBERS', KEYS[2])
redis.call('DEL', KEYS[2])
return { now, waiters }
