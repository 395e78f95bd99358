-- Blocks a budget for a while; a block that already reaches further stays.
-- KEYS[1] marks
-- ARGV[1] 'for' with ARGV[2] ms
--         'until' with ARGV[2] ms since 1970, at most ARGV[3] ms from now
--         'doubling' with ARGV[2] the first and ARGV[3] the longest ms: doubles while the refusals go on. Refusals of requests
--         that were under way together count once: while a block holds, another one changes nothing.
-- Returns how long the budget is blocked from now on, ms.
--include now
local now = now_ms()
local mode, first, most = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local marks = redis.call('HMGET', KEYS[1], 'blocked', 'step')
local blocked, step = tonumber(marks[1] or 0), tonumber(marks[2] or 0)

local untilMs
if mode == 'for' then
  untilMs = now + first
elseif mode == 'until' then
  untilMs = math.min(first, now + most)
elseif blocked > now then
  untilMs = blocked
else
  step = (step > 0 and now - blocked < most) and math.min(step * 2, most) or first
  untilMs = now + step
end

untilMs = math.max(untilMs, blocked)
if untilMs <= now then return 0 end

redis.call('HSET', KEYS[1], 'blocked', untilMs, 'step', step)
redis.call('PEXPIRE', KEYS[1], 86400000)
return untilMs - now
