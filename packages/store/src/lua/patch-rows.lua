-- Puts what frames of the stream told over the rows that reads have brought, unless something newer is held: an order that ended
-- never reopens. Confirms the writes that they prove, and makes due who has to look.
-- KEYS[1] stream   KEYS[2] epoch   KEYS[3] dirty   KEYS[4] active   KEYS[5] due tp-sl   KEYS[6] due limit-order
-- KEYS[7] position listing   KEYS[8] orders listing   KEYS[9] told
-- KEYS[10..] per place: position row, orders row, frames, awaited, intents of its monitor
-- ARGV[1] how long frames and what is awaited are kept (ms)   ARGV[2] session of the frames   ARGV[3] number of places
-- ARGV[4] lag of listings (ms)   ARGV[5..] who is active, as the caller knows it: number of slots, then slot and monitor id or ''
-- then per place: slot, member without its monitor, monitor id or '', '1' when it could not all be read, number of positions,
-- number of orders; per position: made at, seq, updated at, row; per order: orderId, updated at, executed, '1' when ended,
-- '1' when it may open a position, row
-- Returns {now, {slots that changed}, {'lane|member' made due}}; nothing is written and it returns {'over', now} where the session
-- is not the account's any more, {'moved-on'} where others are active
--include now
--include active
--include dirty
--include due
--include row
--include live-session
--include orders
--include overlay
--include matter
--include open-time
--include confirm
local now = now_ms()
local session = redis.call('HGET', KEYS[1], 'session') or ''
if ARGV[2] ~= session then return { 'over', now } end
local is_known, at = is_still_active(KEYS[4], 5)
if not is_known then return { 'moved-on' } end
local live = live_session(KEYS[1], now)

local function next_arg()
  at = at + 1
  return ARGV[at - 1]
end

local function keep(place, field, frame)
  frame.at = now
  frame.session = session
  redis.call('HSET', place.frames, field, cjson.encode(frame))
  redis.call('PEXPIRE', place.frames, ARGV[1])
  redis.call('HSET', KEYS[9], place.slot, now)
  redis.call('PEXPIRE', KEYS[9], ARGV[1])
end

-- Writes what a row has come to; one that only a listing spoke for becomes a row of its own for as long as that lives.
local function write(key, listing_key, row, value)
  redis.call('HSET', key, 'patched', '1', 'value', value, 'at', now)
  if row.is_listed then
    redis.call('HSET', key, 'start', row[1], 'end', row[2], 'epoch', row[3], 'session', row[6] or '')
    redis.call('PEXPIRE', key, redis.call('PTTL', listing_key))
  end
end

local function take_position(place)
  local frame = { createdMs = next_arg(), seq = next_arg(), updatedTimeMs = next_arg(), value = next_arg() }
  local text = redis.call('HGET', place.frames, 'position')
  local held = text and cjson.decode(text)
  if held then
    local seq, updated = tonumber(held.seq), tonumber(held.updatedTimeMs)
    local order = compare_orders(tonumber(frame.seq), tonumber(frame.updatedTimeMs), seq, updated)
    if order < 0 or order == 0 and tonumber(frame.createdMs) < tonumber(held.createdMs) then return end
  end
  local row = effective_row(place.position_row, KEYS[7])
  frame.value = with_open_time(frame.value, row and row[5] or held and held.value or '')
  keep(place, 'position', frame)
  place.position = frame.value
  if not row then return end
  if not (held and held.value == row[5]) then
    local order = row[5] == '' and 0 or compare_position(frame, row[5])
    -- Of equal versions the later one counts: a read's time is its start, by another clock (S-07).
    if order < 0 or order == 0 and tonumber(frame.createdMs) < tonumber(row[1]) - 1000 then return end
  end
  if row[5] ~= frame.value and position_matter(row[5]) ~= position_matter(frame.value) then place.changed = true end
  write(place.position_row, KEYS[7], row, frame.value)
end

local function take_order(place)
  local id = next_arg()
  local frame = { updatedTimeMs = next_arg(), cumExecQty = next_arg() }
  frame.ended = next_arg() == '1'
  local opens = next_arg() == '1'
  frame.value = next_arg()
  local text = redis.call('HGET', place.frames, id)
  local held = text and cjson.decode(text)
  if held and not frame.ended then
    local updated, executed = tonumber(held.updatedTimeMs), tonumber(held.cumExecQty)
    local order = compare_orders(tonumber(frame.updatedTimeMs), tonumber(frame.cumExecQty), updated, executed)
    if held.ended or order < 0 then return end
  end
  keep(place, id, frame)
  place.orders[#place.orders + 1] = { id = id, frame = frame, opens = opens, before = held and held.value }
end

-- Puts one frame over a list of orders. Returns whether that changed it.
local function put_frame(texts, order)
  local where = find_order(texts, order.id)
  local text = where and texts[where]
  local frame = order.frame
  if frame.ended then
    put_order(texts, where, false)
    return where
  end
  if text and text ~= order.before and compare_order(frame, text) < 0 then return false end
  put_order(texts, where, frame.value)
  return text ~= frame.value
end

local function patch_orders(place)
  local row = effective_row(place.orders_row, KEYS[8])
  local texts = row and split_orders(row[5])
  if row and not texts then redis.call('HSET', place.orders_row, 'session', '') end
  if not texts then return end

  for _, order in ipairs(place.orders) do
    if put_frame(texts, order) then
      place.changed = true
      place.opens = place.opens or order.opens
    end
  end
  if row.is_listed then
    local read = { start = tonumber(row[1]), session = row[6] or '', lag = tonumber(ARGV[4]) }
    overlay_orders(texts, held_frames(place.frames, now - tonumber(ARGV[1])).orders, read)
  end
  write(place.orders_row, KEYS[8], row, join_orders(texts))
end

local changed, woken = {}, {}
local function wake(place, lane, due_key)
  local monitor = redis.call('HGET', KEYS[4], place.slot)
  if not monitor then return end
  due_by(due_key, place.member .. monitor, now)
  woken[#woken + 1] = lane .. '|' .. place.member .. monitor
end

-- What could not be read is read through, and no frame makes up for it.
local function read_through(place)
  local epoch = mark_dirty(KEYS[2], KEYS[3], place.slot, now)
  local awaited = cjson.encode({ type = 'read', epoch = epoch, open = false })
  redis.call('HSET', place.awaited, 'unreadable', awaited)
  redis.call('PEXPIRE', place.awaited, ARGV[1])
  place.changed = true
  place.opens = true
end

for index = 0, tonumber(ARGV[3]) - 1 do
  local keys = 9 + index * 5
  local place = { slot = next_arg(), member = next_arg(), monitor = next_arg(), orders = {}, changed = false, opens = false }
  place.position_row = KEYS[keys + 1]
  place.orders_row = KEYS[keys + 2]
  place.frames = KEYS[keys + 3]
  place.awaited = KEYS[keys + 4]
  place.intents = KEYS[keys + 5]
  local is_unreadable, position_count, order_count = next_arg() == '1', tonumber(next_arg()), tonumber(next_arg())
  for _ = 1, position_count do
    take_position(place)
  end
  for _ = 1, order_count do
    take_order(place)
  end
  if #place.orders > 0 then patch_orders(place) end
  local is_told = place.position or #place.orders > 0
  if live and is_told and confirm(place, KEYS[3], { KEYS[7], KEYS[8] }, live) then place.changed = true end
  if is_unreadable then read_through(place) end

  if place.changed then
    changed[#changed + 1] = place.slot
    wake(place, 'tp-sl', KEYS[5])
    if place.opens then wake(place, 'limit-order', KEYS[6]) end
  end
end
return { now, changed, woken }
