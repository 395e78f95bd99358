-- Opens a round: makes every member of the due sets due within the jitter, spread evenly, never later than it is already.
-- KEYS[1] due tp-sl   KEYS[2] due limit-order   ARGV[1] jitter (ms)
-- Returns the number of monitors (each active one is always due in tp-sl)
--include now
local now, jitter = now_ms(), tonumber(ARGV[1])
for _, key in ipairs(KEYS) do
  local members = redis.call('ZRANGE', key, 0, -1)
  for index, member in ipairs(members) do
    redis.call('ZADD', key, 'LT', now + math.floor(jitter * (index - 1) / #members), member)
  end
end
return redis.call('ZCARD', KEYS[1])
