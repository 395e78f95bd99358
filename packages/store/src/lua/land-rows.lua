-- Lands a read: its rows, for a read of the whole account (or of its positions) also its listings, which speak for every row that
-- they do not contain. A newer row or listing is never overwritten, and each expires at its age counted from the read's start.
-- What the stream told since, or told of a newer version, goes over what was read; the stream vouches for the result when the
-- session in which the read began is still the account's and the flight is still its own (a flush ends flights). A position that a
-- read of the whole account shows without a stop, where nothing held showed it so, goes before all that are due but the first of
-- accounts that were not read.
-- KEYS[1] flight   KEYS[2] waiters   KEYS[3] failure   KEYS[4] landed   KEYS[5] position listing   KEYS[6] orders listing
-- KEYS[7] stream   KEYS[8] dirty   KEYS[9] active   KEYS[10] due tp-sl   KEYS[11] due limit-order
-- KEYS[12..] per place: position row, orders row, frames, awaited
-- ARGV[1] flight id   ARGV[2] start   ARGV[3] epoch   ARGV[4] 'account', 'positions' or 'symbol'   ARGV[5] age limit of positions (ms)
-- ARGV[6] age limit of orders (ms)   ARGV[7], ARGV[8] the same where a stream vouches for them   ARGV[9] lag of listings (ms)
-- ARGV[10] session when the read began, '' = none   ARGV[11] number of places
-- ARGV[12] how long frames are kept (ms)   ARGV[13] how much longer than others what has no stop counts as due (ms)
-- then per place: slot, member without its monitor, position, orders ('-' = not read), then the fields to mark landed
-- Returns {now, {waiters}, {'kind|slot' of rows that were vouched for and not what was read}}
--include now
--include due
--include row
--include live-session
--include orders
--include overlay
--include matter
--include open-time
local now = now_ms()
local start, place_count = tonumber(ARGV[2]), tonumber(ARGV[11])

local is_own = redis.call('GET', KEYS[1]) == ARGV[1]
local is_current = ARGV[10] ~= '' and ARGV[10] == redis.call('HGET', KEYS[7], 'session')
local read = { start = start, lag = tonumber(ARGV[9]), session = is_own and is_current and ARGV[10] or '' }

local positions_left = tonumber(ARGV[5]) - (now - start)
local orders_left = tonumber(ARGV[6]) - (now - start)
if read.session ~= '' then
  positions_left = tonumber(ARGV[7]) - (now - start)
  orders_left = tonumber(ARGV[8]) - (now - start)
end

-- `at` is when the stream told something of it last, '' = it did not. A row outlives the listing that it is newer than and that stays:
-- without it that one would speak for its place again.
local function write(key, left, value, at, listing_key)
  local held = redis.call('HGET', key, 'start')
  if left <= 0 or (held and tonumber(held) > start) then return end

  local patched = at ~= '' and '1' or '0'
  redis.call('HSET', key, 'start', ARGV[2], 'end', now, 'epoch', ARGV[3], 'patched', patched, 'value', value)
  redis.call('HSET', key, 'session', read.session, 'at', at)
  redis.call('PEXPIRE', key, listing_key and math.max(left, redis.call('PTTL', listing_key)) or left)
end

-- The row that this one takes the place of, where it is clean, the stream vouches for it and the read may say otherwise.
local vouching = live_session(KEYS[7], now)
local function vouched_row(slot, row_key, listing_key)
  if not vouching or read.session ~= vouching then return false end
  local row = effective_row(row_key, listing_key)
  if not row or row[6] ~= vouching or tonumber(row[1]) > start then return false end
  local dirty_epoch = redis.call('HGET', KEYS[8], slot .. ':tp-sl')
  return not (dirty_epoch and tonumber(row[3]) < tonumber(dirty_epoch)) and row
end

local drift = {}
local function note_drift(kind, slot, member)
  drift[#drift + 1] = kind .. '|' .. slot
  local monitor = redis.call('HGET', KEYS[9], slot)
  if not monitor then return end
  due_by(KEYS[10], member .. monitor, now)
  due_by(KEYS[11], member .. monitor, now)
end

-- An open position whose text names no stop.
local function is_bare(value)
  return value ~= '' and not string.find(value, '"stopLoss":', 1, true) and cjson.decode(value).size ~= '0d'
end

local function put_ahead(slot, member)
  local monitor = redis.call('HGET', KEYS[9], slot)
  if monitor then due_by(KEYS[10], member .. monitor, now - tonumber(ARGV[13])) end
end

local function land_position(slot, member, key, value, frame)
  local at = ''
  if frame and wins_over_position(frame, value, read) then
    value = with_open_time(frame.value, value)
    at = frame.at
  end
  local before = vouched_row(slot, key, KEYS[5])
  if before and before[5] ~= value and position_matter(before[5]) ~= position_matter(value) then
    note_drift('positions', slot, member)
  end
  if ARGV[4] ~= 'symbol' and is_bare(value) then
    local held = effective_row(key, KEYS[5])
    if not held or not is_bare(held[5]) then put_ahead(slot, member) end
  end
  write(key, positions_left, value, at, ARGV[4] == 'symbol' and KEYS[5])
end

local function land_orders(slot, member, key, value, frames)
  local at = ''
  if frames then
    local texts = split_orders(value)
    at = overlay_orders(texts, frames, read)
    value = join_orders(texts)
  end
  local before = vouched_row(slot, key, KEYS[6])
  if before and before[5] ~= value and not same_orders(before[5], value) then note_drift('orders', slot, member) end
  write(key, orders_left, value, at, ARGV[4] == 'symbol' and KEYS[6])
end

-- What was settled before this read began is in it: nobody need show it any more.
local function forget_awaited(key)
  local entries = redis.call('HGETALL', key)
  for index = 1, #entries, 2 do
    local awaited = cjson.decode(entries[index + 1])
    if not awaited.open and awaited.epoch <= tonumber(ARGV[3]) then redis.call('HDEL', key, entries[index]) end
  end
end

for index = 1, place_count do
  local keys, args = 7 + index * 4, 9 + index * 4
  local slot, member, position, orders = ARGV[args + 1], ARGV[args + 2], ARGV[args + 3], ARGV[args + 4]
  local frames = held_frames(KEYS[keys + 3], now - tonumber(ARGV[12]))
  land_position(slot, member, KEYS[keys + 1], position, frames and frames.position)
  if orders ~= '-' then
    land_orders(slot, member, KEYS[keys + 2], orders, frames and frames.orders)
    forget_awaited(KEYS[keys + 4])
  end
end
if ARGV[4] ~= 'symbol' then write(KEYS[5], positions_left, '', '') end
if ARGV[4] == 'account' then write(KEYS[6], orders_left, '', '') end
for index = 14 + place_count * 4, #ARGV do
  redis.call('HSET', KEYS[4], ARGV[index], now)
end

if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
redis.call('DEL', KEYS[3])
local waiters = redis.call('SMEMBERS', KEYS[2])
redis.call('DEL', KEYS[2])
return { now, waiters, drift }
