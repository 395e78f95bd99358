-- Clears what expiry leaves behind for one account: dirty marks whose rows have both been read since, and the marks that
-- tell an expired row from one never seen. A mark without rows stays: a read begun before the write may still land. So does
-- a young one: look-ups from before the write are alive.
-- KEYS[1] dirty   KEYS[2] landed   KEYS[3] position listing   KEYS[4] orders listing   KEYS[5..] position and orders row per slot
-- ARGV[1] how long landed marks are kept (ms)   ARGV[2] the age limit of look-ups (ms)   ARGV[3..] slots
-- Returns {slots no longer dirty, landed marks cleared}
--include now
--include row
local function read_since(slot_index, epoch)
  local position = effective_row(KEYS[3 + slot_index * 2], KEYS[3])
  local orders = effective_row(KEYS[4 + slot_index * 2], KEYS[4])
  return position and orders and tonumber(position[3]) >= epoch and tonumber(orders[3]) >= epoch
end

local now, dirty = now_ms(), 0
for index = 3, #ARGV do
  local slot = ARGV[index]
  local marks = redis.call('HMGET', KEYS[1], slot .. ':tp-sl', slot .. ':at')
  local settled = marks[1] and tonumber(marks[2]) + tonumber(ARGV[2]) < now and read_since(index - 2, tonumber(marks[1]))
  if settled then dirty = dirty + redis.call('HDEL', KEYS[1], slot .. ':tp-sl', slot .. ':limit-order', slot .. ':at') / 3 end
end

local landed, forgotten = redis.call('HGETALL', KEYS[2]), 0
local oldest = now - tonumber(ARGV[1])
for index = 1, #landed, 2 do
  if tonumber(landed[index + 1]) < oldest then forgotten = forgotten + redis.call('HDEL', KEYS[2], landed[index]) end
end
return { dirty, forgotten }
