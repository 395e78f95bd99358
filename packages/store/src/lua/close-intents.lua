-- Closes intents whose outcome is known. The rows are dirty anew: only a read begun after this moment shows that outcome, or the
-- frames that are still awaited of what was acknowledged. What frames have shown is closed already, and makes nothing dirty.
-- KEYS[1] intents   KEYS[2] epoch   KEYS[3] dirty   KEYS[4] awaited
-- ARGV[1] slot   ARGV[2] how long awaited entries are kept (ms)
-- ARGV[3..] per intent: id, 'acknowledged', 'refused' or 'not-sent'
-- Returns the number of intents closed
--include now
--include dirty
local closed = {}
for index = 3, #ARGV, 2 do
  if redis.call('HDEL', KEYS[1], ARGV[index]) == 1 then closed[#closed + 1] = index end
end
if #closed == 0 then return 0 end

local epoch = mark_dirty(KEYS[2], KEYS[3], ARGV[1], now_ms())
for _, index in ipairs(closed) do
  local id, outcome = ARGV[index], ARGV[index + 1]
  local held = outcome == 'acknowledged' and redis.call('HGET', KEYS[4], id)
  if outcome == 'not-sent' then
    redis.call('HDEL', KEYS[4], id)
  else
    local awaited = held and cjson.decode(held) or { type = 'read' }
    awaited.epoch = epoch
    awaited.open = false
    redis.call('HSET', KEYS[4], id, cjson.encode(awaited))
    redis.call('PEXPIRE', KEYS[4], ARGV[2])
  end
end
return #closed
