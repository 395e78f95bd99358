-- Sets when a monitor is due in a lane after a check; due_in '' = not at all. `leased` is the due time that the check itself
-- left when it read its facts: any other one was asked for since, and is never put off.
local function set_due(due_key, member, due_in, now, leased)
  local due = redis.call('ZSCORE', due_key, member)
  local asked = due and leased and tonumber(due) ~= tonumber(leased) and tonumber(due)
  if due_in == '' then
    if not asked then redis.call('ZREM', due_key, member) end
    return
  end

  local at = now + tonumber(due_in)
  redis.call('ZADD', due_key, asked and math.min(asked, at) or at, member)
end

-- Makes a monitor due at `at` at the latest.
local function due_by(due_key, member, at)
  local due = redis.call('ZSCORE', due_key, member)
  if not due or tonumber(due) > at then redis.call('ZADD', due_key, at, member) end
end
