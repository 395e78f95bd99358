-- Applies executions of one account, each exactly once, whoever else applies them too. One of a monitor that is not known
-- (Redis lost it, and it may come back) is left for later. Sums are kept as whole coins and
-- 1e-12 parts in two fields, added by HINCRBY: exact, where a Lua number is not.
-- KEYS[1] execution ids   KEYS[2] cursor   KEYS[3] outbox   KEYS[4] active   KEYS[5] due tp-sl   KEYS[6] due limit-order
-- KEYS[7..] executed, per monitor
-- ARGV[1] cursor (ms, '' = unchanged)   ARGV[2] how long ids are kept (ms)   ARGV[3] number of executions
-- ARGV[4..] who is active, as the caller knows it: number of slots, then slot and monitor id or ''
-- then per monitor: slot or '' when it is not active, monitor id, member
-- then per execution: id, time (ms), seq, outbox json, number of parts, and per part: index of its monitor, field prefix, then
-- whole coins and parts of qty, value and fee
-- Returns {number of new executions, {'lane|member' made due}}, or {'moved-on'}, and nothing is written, where others are active
--include now
--include active
--include due
local is_known, at = is_still_active(KEYS[4], 4)
if not is_known then return { 'moved-on' } end
local function next_arg()
  at = at + 1
  return ARGV[at - 1]
end

local monitors = {}
for index = 1, #KEYS - 6 do
  monitors[index] = { key = KEYS[6 + index], slot = next_arg(), id = next_arg(), member = next_arg(), seq = -1 }
  monitors[index].known = redis.call('EXISTS', monitors[index].key) == 1
end

-- Ids older than the horizon are forgotten, so what is older counts as applied.
local cursor = tonumber(redis.call('GET', KEYS[2]) or '0')
local horizon = cursor - tonumber(ARGV[2])

local function apply_part(is_new, seq)
  local monitor, prefix = monitors[tonumber(next_arg())], next_arg()
  for _, name in ipairs({ 'qty', 'value', 'fee' }) do
    local whole, parts = next_arg(), next_arg()
    if is_new and monitor.known then
      redis.call('HINCRBY', monitor.key, prefix .. ':' .. name .. ':whole', whole)
      redis.call('HINCRBY', monitor.key, prefix .. ':' .. name .. ':parts', parts)
    end
  end
  if is_new then
    monitor.touched = true
    monitor.opens = monitor.opens or string.sub(prefix, 1, 1) == 'e'
    monitor.seq = math.max(monitor.seq, seq)
  end
end

local applied = 0
for _ = 1, tonumber(ARGV[3]) do
  local id, time, seq, json, part_count = next_arg(), next_arg(), tonumber(next_arg()), next_arg(), tonumber(next_arg())
  local is_known = part_count == 0 or monitors[tonumber(ARGV[at])].known
  local is_new = is_known and tonumber(time) >= horizon and redis.call('ZADD', KEYS[1], 'NX', time, id) == 1
  if is_new then
    applied = applied + 1
    redis.call('XADD', KEYS[3], '*', 'type', 'execution', 'json', json)
  end
  for _ = 1, part_count do
    apply_part(is_new, seq)
  end
end

if ARGV[1] ~= '' and tonumber(ARGV[1]) > cursor then
  redis.call('SET', KEYS[2], ARGV[1])
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. string.format('%.0f', tonumber(ARGV[1]) - tonumber(ARGV[2])))
end

local now, woken = now_ms(), {}
local function wake(monitor, lane, due_key)
  due_by(due_key, monitor.member, now)
  woken[#woken + 1] = lane .. '|' .. monitor.member
end

for _, monitor in ipairs(monitors) do
  if monitor.known and monitor.seq > tonumber(redis.call('HGET', monitor.key, 'seq') or '-1') then
    redis.call('HSET', monitor.key, 'seq', monitor.seq)
  end
  if monitor.touched and monitor.slot ~= '' and redis.call('HGET', KEYS[4], monitor.slot) == monitor.id then
    wake(monitor, 'tp-sl', KEYS[5])
    -- Without a wanted or a working entry it is not due there: only what may open a position is of use to it.
    if monitor.opens or redis.call('ZSCORE', KEYS[6], monitor.member) then wake(monitor, 'limit-order', KEYS[6]) end
  end
end
return { applied, woken }
