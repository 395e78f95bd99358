-- Whether this process holds the lease of a stream now.
local function holds_stream(key, owner, now)
  local stream = redis.call('HMGET', key, 'owner', 'until')
  return stream[1] == owner and tonumber(stream[2]) > now
end
