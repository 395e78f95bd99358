-- Whether this process holds the lease of a stream now.
local function holds_stream(key, holder, now)
  local stream = redis.call('HMGET', key, 'holder', 'until')
  return stream[1] == holder and tonumber(stream[2]) > now
end
