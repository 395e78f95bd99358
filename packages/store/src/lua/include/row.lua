-- What the cache holds of one row: {start, end, epoch, patched, value, session, at}, or false. A row counts unless a listing that
-- began after it is alive: a live listing speaks for all rows that it does not contain, with the value '' (and is_listed).
local function effective_row(row_key, listing_key)
  local row = redis.call('HMGET', row_key, 'start', 'end', 'epoch', 'patched', 'value', 'session', 'at')
  local listing = redis.call('HMGET', listing_key, 'start', 'end', 'epoch', 'session')
  if row[1] and (not listing[1] or tonumber(row[1]) >= tonumber(listing[1])) then return row end
  if listing[1] then
    return { listing[1], listing[2], listing[3], '0', '', listing[4], '', is_listed = true }
  end
  return false
end
