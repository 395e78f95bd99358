-- Whether an accepted order frame shows what an entry awaits.
local function is_shown(awaited, row, is_ended)
  if awaited.type == 'create' then return row.orderLinkId == awaited.orderLinkId end
  if awaited.type == 'set-stop' then return row.stopOrderType == 'StopLoss' and row.triggerPrice == awaited.triggerPrice end
  if row.orderId ~= awaited.orderId then return false end
  if awaited.type == 'cancel' or is_ended then return is_ended end

  for _, field in ipairs({ 'qty', 'price', 'stopLoss' }) do
    if awaited[field] ~= nil and row[field] ~= awaited[field] then return false end
  end
  return row.updatedTimeMs > awaited.updated
end

-- What the frames of a place leave of an entry: true = all is shown, else false; what is shown of a stop is noted in the entry.
local function is_confirmed(awaited, place)
  if awaited.type == 'read' then return false end
  local is_order_shown = false
  for _, order in ipairs(place.orders) do
    is_order_shown = is_order_shown or is_shown(awaited, cjson.decode(order.frame.value), order.frame.ended)
  end
  if awaited.type ~= 'set-stop' then return is_order_shown end

  local position = place.position and cjson.decode(place.position)
  if is_order_shown then awaited.inOrder = true end
  if position and position.stopLoss == awaited.triggerPrice then awaited.inPosition = true end
  return awaited.inOrder and awaited.inPosition
end

-- A row that the live session vouches for is clean when nothing of later than its epoch is awaited any more.
local function clean_row(key, listing_key, session, pending_epoch, dirty_epoch)
  local row = effective_row(key, listing_key)
  if not row or row[6] ~= session then return false end
  local epoch = tonumber(row[3])
  if epoch >= dirty_epoch or pending_epoch > epoch then return false end

  redis.call('HSET', key, 'epoch', dirty_epoch)
  if row.is_listed then
    redis.call('HSET', key, 'start', row[1], 'end', row[2], 'patched', '0', 'value', row[5], 'session', row[6], 'at', '')
    redis.call('PEXPIRE', key, redis.call('PTTL', listing_key))
  end
  return true
end

-- Settles what the accepted frames of a place prove: the entry goes, and with it its intent. Returns whether rows became clean.
local function confirm(place, dirty_key, listing_keys, session)
  local entries, pending_epoch, is_any = redis.call('HGETALL', place.awaited), 0, false
  for index = 1, #entries, 2 do
    local awaited = cjson.decode(entries[index + 1])
    if is_confirmed(awaited, place) then
      is_any = true
      redis.call('HDEL', place.awaited, entries[index])
      if awaited.monitor == place.monitor then redis.call('HDEL', place.intents, entries[index]) end
    else
      pending_epoch = math.max(pending_epoch, awaited.epoch)
      if awaited.inOrder or awaited.inPosition then redis.call('HSET', place.awaited, entries[index], cjson.encode(awaited)) end
    end
  end
  if not is_any then return false end

  local dirty_epoch = tonumber(redis.call('HGET', dirty_key, place.slot .. ':tp-sl') or '0')
  local position = clean_row(place.position_row, listing_keys[1], session, pending_epoch, dirty_epoch)
  local orders = clean_row(place.orders_row, listing_keys[2], session, pending_epoch, dirty_epoch)
  return position or orders
end
