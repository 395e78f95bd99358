-- Records what a check decided: the lane's new state by compare-and-set on its version, its outbox entries, when the monitor
-- is due again, and for tp-sl that it was checked. Closing needs the fence as well and frees the monitor's slot.
-- KEYS[1] active   KEYS[2] due of the lane   KEYS[3] due of the other lane   KEYS[4] checked   KEYS[5] outbox
-- KEYS[6] the lane   KEYS[7] the other lane   KEYS[8] plan   KEYS[9] intents   KEYS[10] executed   KEYS[11] last decisions
-- ARGV[1] slot   ARGV[2] monitor id   ARGV[3] member   ARGV[4] lane   ARGV[5] token   ARGV[6] version read   ARGV[7] state
-- ARGV[8] due in (ms, '' = not due in this lane)   ARGV[9] keep (ms) when closed, '' = not closed
-- ARGV[10] summary of the decision, '' = none   ARGV[11] how many are kept   ARGV[12..] type and json per outbox entry
-- Returns 1 when recorded; 0 when the version has moved on, the monitor is not active, or it closes without the fence
--include now
--include due
local monitor, member, keep = ARGV[2], ARGV[3], ARGV[9]
local lane = redis.call('HMGET', KEYS[6], 'version', 'fence', 'leased')
if redis.call('HGET', KEYS[1], ARGV[1]) ~= monitor or lane[1] ~= ARGV[6] then return 0 end
if keep ~= '' and lane[2] ~= ARGV[5] then return 0 end

redis.call('HSET', KEYS[6], 'version', tonumber(ARGV[6]) + 1, 'state', ARGV[7])
for index = 12, #ARGV, 2 do
  redis.call('XADD', KEYS[5], '*', 'type', ARGV[index], 'json', ARGV[index + 1])
end
if ARGV[10] ~= '' then
  redis.call('LPUSH', KEYS[11], ARGV[10])
  redis.call('LTRIM', KEYS[11], 0, tonumber(ARGV[11]) - 1)
end

if keep == '' then
  local now = now_ms()
  set_due(KEYS[2], member, ARGV[8], now, lane[3])
  if ARGV[4] == 'tp-sl' then redis.call('ZADD', KEYS[4], now, member) end
  return 1
end

redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], member)
redis.call('ZREM', KEYS[3], member)
redis.call('ZREM', KEYS[4], member)
redis.call('DEL', KEYS[9])
redis.call('HDEL', KEYS[6], 'fence')
redis.call('HDEL', KEYS[7], 'fence')
for _, key in ipairs({ KEYS[6], KEYS[7], KEYS[8], KEYS[10], KEYS[11] }) do
  redis.call('PEXPIRE', key, keep)
end
return 1
