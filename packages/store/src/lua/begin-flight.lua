-- Begins the one read of an account and scope that may be under way over all processes. Who comes second is entered as a
-- waiter and due within the safety net, in case nobody lands; while the account's reads fail, it is due when the back-off ends.
-- KEYS[1] flight   KEYS[2] waiters   KEYS[3] failure   KEYS[4] epoch   KEYS[5] active   KEYS[6] stream
-- KEYS[7] due of the waiter's lane
-- ARGV[1] flight id   ARGV[2] time limit (ms)   ARGV[3] safety net (ms)   ARGV[4] how long waiters are kept (ms)
-- ARGV[5..8] the waiter, or nothing: lane|member, member, slot, monitor id
-- Returns {'won', now, epoch, session of the stream or ''}, {'waiting', holder's end} or {'failed', end of the back-off}
--include now
--include due
local now = now_ms()

local function due_for_waiter(at)
  if ARGV[5] and redis.call('HGET', KEYS[5], ARGV[7]) == ARGV[8] then due_by(KEYS[7], ARGV[6], at) end
end

local failed_until = tonumber(redis.call('HGET', KEYS[3], 'until') or '0')
if failed_until > now then
  due_for_waiter(failed_until)
  return { 'failed', failed_until }
end

if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
  return { 'won', now, tonumber(redis.call('GET', KEYS[4]) or '0'), redis.call('HGET', KEYS[6], 'session') or '' }
end

if ARGV[5] then
  redis.call('SADD', KEYS[2], ARGV[5])
  redis.call('PEXPIRE', KEYS[2], ARGV[4])
  due_for_waiter(now + tonumber(ARGV[3]))
end
return { 'waiting', now + redis.call('PTTL', KEYS[1]) }
