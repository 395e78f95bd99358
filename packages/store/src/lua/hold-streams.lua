-- Claims or renews the leases of accounts of one bucket. What another process holds is left alone while its lease lives. A
-- lease that had run out, and a session that is not the one that its process names, end what the stream vouched for.
-- KEYS[1..] streams   ARGV[1] holder   ARGV[2] lease (ms)   ARGV[3..] per stream: the session that the process has, '' = none
-- Returns per stream: 1 = claimed, or the session that was named is over, 2 = renewed, else the other holder
--include now
local now = now_ms()
local until_ms = string.format('%.0f', now + tonumber(ARGV[2]))
local held = {}
for index, key in ipairs(KEYS) do
  local stream = redis.call('HMGET', key, 'holder', 'until', 'session')
  local is_live = stream[1] and tonumber(stream[2]) > now
  if is_live and stream[1] ~= ARGV[1] then
    held[index] = stream[1]
  else
    redis.call('HSET', key, 'holder', ARGV[1], 'until', until_ms)
    local session = ARGV[2 + index]
    if not is_live or stream[3] ~= session then redis.call('HSET', key, 'session', '', 'synced', '0') end
    held[index] = is_live and (session == '' or stream[3] == session) and 2 or 1
  end
end
return held
