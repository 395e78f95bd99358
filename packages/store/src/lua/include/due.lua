-- Sets when a monitor is due in a lane; due_in '' = not at all. A due time that has come stays: somebody asked for a
-- check after this one had begun.
local function set_due(due_key, member, due_in, now)
  local due = redis.call('ZSCORE', due_key, member)
  if due and tonumber(due) <= now then return end

  if due_in == '' then
    redis.call('ZREM', due_key, member)
  else
    redis.call('ZADD', due_key, now + tonumber(due_in), member)
  end
end

-- Makes a monitor due at `at` at the latest.
local function due_by(due_key, member, at)
  local due = redis.call('ZSCORE', due_key, member)
  if not due or tonumber(due) > at then redis.call('ZADD', due_key, at, member) end
end
