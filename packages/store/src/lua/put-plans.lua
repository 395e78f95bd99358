-- Claims the slots of new plans of one account, and stores the plans, their first states and a `planned` entry each; they
-- are due in both lanes when they are to be. Writes nothing at all when one slot is taken.
-- KEYS[1] active   KEYS[2] outbox   KEYS[3] due tp-sl   KEYS[4] due limit-order   KEYS[5] checked
-- KEYS[6..] per plan: plan, lane tp-sl, lane limit-order, executed
-- ARGV per plan: slot, monitor id, member, plan text, tp-sl state, limit-order state, outbox json, json of an event or '', due in tp-sl (ms),
-- due in limit-order (ms)
-- Returns a flat list of the slots taken and who holds them: {slot, monitor id, ...}; empty = all accepted
--include now
local PLAN_KEYS, PLAN_ARGS = 4, 10
local count = #ARGV / PLAN_ARGS

local taken = {}
for index = 0, count - 1 do
  local slot = ARGV[index * PLAN_ARGS + 1]
  local holder = redis.call('HGET', KEYS[1], slot)
  if holder then
    taken[#taken + 1] = slot
    taken[#taken + 1] = holder
  end
end
if #taken > 0 then return taken end

local now = now_ms()
for index = 0, count - 1 do
  local keys, args = 5 + index * PLAN_KEYS, index * PLAN_ARGS
  local member = ARGV[args + 3]
  redis.call('HSET', KEYS[1], ARGV[args + 1], ARGV[args + 2])
  redis.call('SET', KEYS[keys + 1], ARGV[args + 4])
  redis.call('DEL', KEYS[keys + 2], KEYS[keys + 3], KEYS[keys + 4])
  redis.call('HSET', KEYS[keys + 2], 'version', 0, 'state', ARGV[args + 5])
  redis.call('HSET', KEYS[keys + 3], 'version', 0, 'state', ARGV[args + 6])
  redis.call('HSET', KEYS[keys + 4], 'seq', -1)
  redis.call('ZADD', KEYS[3], now + tonumber(ARGV[args + 9]), member)
  redis.call('ZADD', KEYS[4], now + tonumber(ARGV[args + 10]), member)
  redis.call('ZADD', KEYS[5], now, member)
  redis.call('XADD', KEYS[2], '*', 'type', 'planned', 'json', ARGV[args + 7])
  if ARGV[args + 8] ~= '' then redis.call('XADD', KEYS[2], '*', 'type', 'event', 'json', ARGV[args + 8]) end
end
return {}
