-- Takes up to `cost` calls, at least `least`, from an account's budget of one endpoint class, and one request from the
-- address's budget: both or none.
-- KEYS[1] address log   KEYS[2] address marks   KEYS[3] address line   and, unless the class has no account limit,
-- KEYS[4] class log     KEYS[5] class marks     KEYS[6] account marks
-- ARGV[1] cost   ARGV[2] address limit   ARGV[3] address window (ms)   ARGV[4] class limit by the table
-- ARGV[5] class window (ms)   ARGV[6] percentage of each limit that this lane leaves untouched   ARGV[7] least
-- ARGV[8] first call of a grant of the same account and class that was not used and is given back first; 0 = none
-- ARGV[9] its cost. It is given back whether or not the new one is granted.   ARGV[10] '1' = asks for nothing while anybody is in line
-- The line holds when those of the most urgent lane will come again who found the address's budget used up. The next one is told
-- to come when the call after theirs becomes free, so that not all of them ask for the same one.
-- A log is a sorted set with one member per call, scored by Redis time (ms). It keeps two windows: `budget-correct` looks back.
-- Returns {1, 0, limit, left, calls taken, first call, left of the address} when taken, or {0, wait in ms, limit, most that the lane may take at once}.
--include now
local cost, leave, least = tonumber(ARGV[1]), tonumber(ARGV[6]), tonumber(ARGV[7])
local now = now_ms()

local function blocked_for(marks)
  local untilMs = tonumber(redis.call('HGET', marks, 'blocked') or 0)
  return math.max(untilMs - now, 0)
end

-- How long until `wanted` more calls fit after those that `before` others wait for, how many are used, how many the lane may use in
-- all. With more in line than calls that will become free, some are told the same moment: nobody waits longer than a window.
local function wait_for(log, limit, window, wanted, before)
  redis.call('ZREMRANGEBYSCORE', log, '-inf', now - 2 * window)
  redis.call('ZREMRANGEBYSCORE', log, now + 1000, '+inf') -- a clock that was set back must not hold the budget shut
  local used = redis.call('ZCOUNT', log, '(' .. (now - window), '+inf')
  local allowed = limit - math.ceil(limit * leave / 100)
  if used + wanted <= allowed then return 0, used, allowed end
  if wanted > allowed then return window, used, allowed end

  local nth = (used + wanted - allowed - 1 + before) % used
  local freed = redis.call('ZRANGEBYSCORE', log, '(' .. (now - window), '+inf', 'WITHSCORES', 'LIMIT', nth, 1)
  return math.max(tonumber(freed[2]) + window - now, 1), used, allowed
end

local function add(log, window, calls)
  local last = redis.call('HINCRBY', KEYS[2], 'calls', calls)
  for call = last - calls + 1, last do
    redis.call('ZADD', log, now, string.format('%.0f', call))
  end
  redis.call('PEXPIRE', log, 3 * window)
  return last - calls + 1
end

-- The calls of a grant have numbers in a row: the address's, then those of the class.
local function give_back(first, calls)
  redis.call('ZREM', KEYS[1], string.format('%.0f', first))
  if #KEYS == 3 then return end
  for call = first + 1, first + calls do
    redis.call('ZREM', KEYS[4], string.format('%.0f', call))
  end
end

if tonumber(ARGV[8]) > 0 then give_back(tonumber(ARGV[8]), tonumber(ARGV[9])) end

-- How many wait before this one.
local function in_line()
  if leave > 0 then return 0 end
  redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now)
  redis.call('ZREMRANGEBYSCORE', KEYS[3], now + 2 * tonumber(ARGV[3]), '+inf') -- a clock that was set back
  return redis.call('ZCARD', KEYS[3])
end

-- How long the least urgent lane stays away for the sake of those in line.
local function gives_way_for()
  if ARGV[10] ~= '1' then return 0 end
  local last = redis.call('ZRANGE', KEYS[3], -1, -1, 'WITHSCORES')
  return last[2] and math.min(math.max(tonumber(last[2]) - now, 0), tonumber(ARGV[3])) or 0
end

local function stand_in_line(wait)
  if leave > 0 or wait == 0 then return end
  redis.call('ZADD', KEYS[3], now + wait, string.format('%.0f', redis.call('HINCRBY', KEYS[2], 'asked', 1)))
  redis.call('PEXPIRE', KEYS[3], 3 * tonumber(ARGV[3]))
end

local addressLimit, addressWindow = tonumber(ARGV[2]), tonumber(ARGV[3])
local wait, used, allowed = wait_for(KEYS[1], addressLimit, addressWindow, 1, in_line())
stand_in_line(wait)
local addressLeft = addressLimit - used - 1
wait = math.max(wait, gives_way_for(), blocked_for(KEYS[2]))
if #KEYS == 3 then
  if wait > 0 then return { 0, wait, addressLimit, allowed } end
  return { 1, 0, addressLimit, addressLeft, 1, add(KEYS[1], addressWindow, 1), addressLeft }
end

local limit, window = tonumber(redis.call('HGET', KEYS[5], 'limit') or ARGV[4]), tonumber(ARGV[5])
local classWait
classWait, used, allowed = wait_for(KEYS[4], limit, window, least, 0)
wait = math.max(wait, classWait, blocked_for(KEYS[5]), blocked_for(KEYS[6]))
if wait > 0 then return { 0, wait, limit, allowed } end

local first = add(KEYS[1], addressWindow, 1)
local taken = math.min(cost, allowed - used)
add(KEYS[4], window, taken)
return { 1, 0, limit, limit - used - taken, taken, first, addressLeft }
