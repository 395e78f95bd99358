-- Guards a mutating request (DESIGN section 5): compares the fence, refuses beside another job's open intent of the lane,
-- stores the intents and marks the rows dirty for both lanes, all at one moment, and what frames must show of each.
-- KEYS[1] the lane   KEYS[2] intents   KEYS[3] epoch   KEYS[4] dirty   KEYS[5] lane tp-sl   KEYS[6] executed
-- KEYS[7] awaited
-- ARGV[1] token   ARGV[2] lane   ARGV[3] slot   ARGV[4] time until the deadline (ms)   ARGV[5] '1' = all are absolute
-- ARGV[6] refuse when the tp-sl lane's version is above, ARGV[7] refuse when the executions' sequence is above; '' = never
-- ARGV[8] monitor id   ARGV[9] how long awaited entries are kept (ms)
-- ARGV[10..] per intent: id, type, orderLinkId or '', '1' when absolute, Awaits as JSON
-- Returns {'ok', epoch, deadline}, {'fenced'}, {'moved-on'} or {'foreign-intent'}
-- Writes each intent as JSON: id -> {lane, token, deadlineMs, type, orderLinkId, absolute},
-- and what it awaits: id -> Awaits with {epoch, monitor, open}
--include now
--include dirty
if redis.call('HGET', KEYS[1], 'fence') ~= ARGV[1] then return { 'fenced' } end

local function is_above(key, field, limit)
  return limit ~= '' and tonumber(redis.call('HGET', key, field) or '-1') > tonumber(limit)
end
if is_above(KEYS[5], 'version', ARGV[6]) or is_above(KEYS[6], 'seq', ARGV[7]) then return { 'moved-on' } end

local now = now_ms()
if ARGV[5] ~= '1' then
  for _, text in ipairs(redis.call('HVALS', KEYS[2])) do
    local intent = cjson.decode(text)
    if intent.lane == ARGV[2] and intent.token ~= ARGV[1] and now <= intent.deadlineMs then return { 'foreign-intent' } end
  end
end

local deadline = now + tonumber(ARGV[4])
for index = 10, #ARGV, 5 do
  local intent = { lane = ARGV[2], token = ARGV[1], deadlineMs = deadline, type = ARGV[index + 1] }
  if ARGV[index + 2] ~= '' then intent.orderLinkId = ARGV[index + 2] end
  intent.absolute = ARGV[index + 3] == '1'
  redis.call('HSET', KEYS[2], ARGV[index], cjson.encode(intent))
end

local epoch = mark_dirty(KEYS[3], KEYS[4], ARGV[3], now)
for index = 10, #ARGV, 5 do
  local awaited = cjson.decode(ARGV[index + 4])
  awaited.epoch = epoch
  awaited.monitor = ARGV[8]
  awaited.open = true
  redis.call('HSET', KEYS[7], ARGV[index], cjson.encode(awaited))
end
redis.call('PEXPIRE', KEYS[7], ARGV[9])
return { 'ok', epoch, deadline }
