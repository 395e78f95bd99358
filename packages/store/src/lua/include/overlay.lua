-- What frames of the stream told, over what a read has brought. A frame is kept as JSON: {at, session, updatedTimeMs, value},
-- of an order with cumExecQty and ended, of the position with seq and createdMs; numbers of the exchange as they came.

-- All that is held of a place: {position or nil, orders = {orderId -> frame}}, or false. What came before `oldest` is dropped.
local function held_frames(frames_key, oldest)
  local fields = redis.call('HGETALL', frames_key)
  if #fields == 0 then return false end
  local held = { orders = {} }
  for index = 1, #fields, 2 do
    local field, frame = fields[index], cjson.decode(fields[index + 1])
    if frame.at < oldest then
      redis.call('HDEL', frames_key, field)
    elseif field == 'position' then
      held.position = frame
    else
      held.orders[field] = frame
    end
  end
  return held
end

-- Whether a frame tells something later than a read that began at `start`, where their versions do not say: it came after that,
-- or so little before, in the session of the read, that the read may lie behind it.
local function is_later(frame, start, session, lag)
  if frame.at >= start then return true end
  return session ~= '' and frame.session == session and frame.at >= start - lag
end

-- 1 = the first version of an order is newer, -1 = older, 0 = the same. Quantities are compared as Lua's numbers: of two that are
-- that close neither is taken for older.
local function compare_orders(updated, executed, other_updated, other_executed)
  if updated ~= other_updated then return updated > other_updated and 1 or -1 end
  if executed ~= other_executed then return executed > other_executed and 1 or -1 end
  return 0
end

-- The same of a frame, or of what a frame told, and an order's text.
local function compare_order(frame, text)
  local row = cjson.decode(text)
  local executed = tonumber(string.sub(row.cumExecQty, 1, -2))
  return compare_orders(tonumber(frame.updatedTimeMs), tonumber(frame.cumExecQty), row.updatedTimeMs, executed)
end

-- The same of a position's frame and its row's text.
local function compare_position(frame, text)
  local row = cjson.decode(text)
  return compare_orders(tonumber(frame.seq), tonumber(frame.updatedTimeMs), row.seq, row.updatedTimeMs)
end

-- Puts frames over the orders of a read. Returns when the last of them came, or '' when none was newer.
local function overlay_orders(texts, frames, read)
  local latest = ''
  for order_id, frame in pairs(frames) do
    local place = find_order(texts, order_id)
    local order = place and not frame.ended and compare_order(frame, texts[place]) or 0
    local wins = frame.ended and place or order > 0 or order == 0 and not frame.ended and is_later(frame, read.start, read.session, read.lag)
    if wins then
      put_order(texts, place, not frame.ended and frame.value)
      if latest == '' or frame.at > latest then latest = frame.at end
    end
  end
  return latest
end

-- Whether the frame of a position is newer than what a read brought ('' = flat).
local function wins_over_position(frame, value, read)
  local order = value == '' and 0 or compare_position(frame, value)
  return order > 0 or order == 0 and is_later(frame, read.start, read.session, read.lag)
end
