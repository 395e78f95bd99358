-- Raises the write epoch and marks the rows of a slot dirty in both lanes. Returns the new epoch.
local function mark_dirty(epoch_key, dirty_key, slot, now)
  local epoch = redis.call('INCR', epoch_key)
  redis.call('HSET', dirty_key, slot .. ':tp-sl', epoch, slot .. ':limit-order', epoch, slot .. ':at', now)
  return epoch
end
