-- Reads everything that one check of a monitor stands on, takes the lane's fence for this job, consumes what was asked for
-- until now (the monitor is due again after the lease, should this check be lost), and counts what the cache gave. With
-- token '' it only looks: none of these three.
-- KEYS[1] active   KEYS[2] due of the lane   KEYS[3] plan   KEYS[4] lane tp-sl   KEYS[5] lane limit-order   KEYS[6] intents
-- KEYS[7] executed   KEYS[8] position row   KEYS[9] position listing   KEYS[10] orders row   KEYS[11] orders listing
-- KEYS[12] landed   KEYS[13] dirty   KEYS[14] epoch   KEYS[15] failure   KEYS[16] prices   KEYS[17] instruments
-- KEYS[18] cache stats   KEYS[19] stream
-- ARGV[1] slot   ARGV[2] monitor id   ARGV[3] member   ARGV[4] lane   ARGV[5] token   ARGV[6] lease (ms)   ARGV[7] symbol
-- ARGV[8] age limit of positions (ms)   ARGV[9] age limit of orders (ms), where no stream vouches for them
-- Returns {now, plan or nil, {version, state} per lane, position, orders, executed pairs, price, instrument, intent pairs,
-- epoch, dirty epoch, failed until, Redis time of the last write of ours on these rows or '0'}. A row is {result, start, end, epoch, patched, value, '1' when a live stream
-- vouches for it, when that told something of it last or '0'} with result fresh, patched, dirty, expired or missed; the last two
-- have nothing else. The plan is nil when the monitor is not active; no fence then.
-- Reads the deadline of intents, which open-intents.lua wrote.
--include now
--include row
--include live-session
local slot, monitor, member, lane = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local now, looks_only = now_ms(), ARGV[5] == ''
if redis.call('HGET', KEYS[1], slot) ~= monitor then
  if not looks_only then redis.call('ZREM', KEYS[2], member) end
  return { now, false }
end

if not looks_only then
  local fenced = lane == 'tp-sl' and KEYS[4] or KEYS[5]
  local leased = now + tonumber(ARGV[6])
  redis.call('HSET', fenced, 'fence', ARGV[5], 'leased', leased)
  redis.call('ZADD', KEYS[2], leased, member)
end

local intents = redis.call('HGETALL', KEYS[6])
local unsettled_until = -1
for index = 2, #intents, 2 do
  unsettled_until = math.max(unsettled_until, cjson.decode(intents[index]).deadlineMs)
end
local dirty = redis.call('HMGET', KEYS[13], slot .. ':' .. lane, slot .. ':at')
local dirty_epoch = tonumber(dirty[1] or '0')

local session = live_session(KEYS[19], now)

-- A row is clean when its read began after the last write was settled: by its reply, or by its intent's deadline.
local function read_row(kind, row_key, listing_key, age_limit)
  local row, is_vouched = effective_row(row_key, listing_key), false
  local result, counts
  if row then counts, is_vouched = standing(row, session, now, tonumber(age_limit)) end
  if not counts then
    local seen = redis.call('HMGET', KEYS[12], kind, slot)
    result = (seen[1] or seen[2]) and 'expired' or 'missed'
  elseif tonumber(row[3]) < dirty_epoch or tonumber(row[1]) <= unsettled_until then
    result = 'dirty'
  else
    result = row[4] == '1' and 'patched' or 'fresh'
  end
  if not looks_only then redis.call('HINCRBY', KEYS[18], kind .. ':' .. result, 1) end
  if not counts then return { result } end
  return { result, row[1], row[2], row[3], row[4], row[5], is_vouched and '1' or '0', row[7] or '0' }
end

return {
  now,
  redis.call('GET', KEYS[3]),
  redis.call('HMGET', KEYS[4], 'version', 'state'),
  redis.call('HMGET', KEYS[5], 'version', 'state'),
  read_row('positions', KEYS[8], KEYS[9], ARGV[8]),
  read_row('orders', KEYS[10], KEYS[11], ARGV[9]),
  redis.call('HGETALL', KEYS[7]),
  redis.call('HGET', KEYS[16], ARGV[7]),
  redis.call('HGET', KEYS[17], ARGV[7]),
  intents,
  redis.call('GET', KEYS[14]) or '0',
  tostring(dirty_epoch),
  redis.call('HGET', KEYS[15], 'until') or '0',
  dirty[2] or '0',
}
