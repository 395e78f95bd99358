-- Reads the answer of a single-order look-up. It is not read for an order that the orders row holds (one fact, one age), nor
-- when it was asked before the last write to its rows.
-- KEYS[1] look-up   KEYS[2] orders row   KEYS[3] orders listing   KEYS[4] dirty   KEYS[5] cache stats
-- KEYS[6] stream
-- ARGV[1] slot   ARGV[2] the orderLinkId as it stands in the row's JSON   ARGV[3] age limit of orders (ms)
-- Returns {start, value}, or {} when there is none
--include now
--include row
--include live-session
local now, row = now_ms(), effective_row(KEYS[2], KEYS[3])
if row and not standing(row, live_session(KEYS[6], now), now, tonumber(ARGV[3])) then row = false end
if row and string.find(row[5], ARGV[2], 1, true) then return {} end

local lookup = redis.call('HMGET', KEYS[1], 'start', 'value', 'epoch')
local dirty_epoch = tonumber(redis.call('HGET', KEYS[4], ARGV[1] .. ':tp-sl') or '0')
local held = lookup[1] and tonumber(lookup[3]) >= dirty_epoch
redis.call('HINCRBY', KEYS[5], held and 'lookups:fresh' or (lookup[1] and 'lookups:dirty' or 'lookups:missed'), 1)
if not held then return {} end
return { lookup[1], lookup[2] }
