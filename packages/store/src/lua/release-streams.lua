-- Gives up the leases that a process holds on accounts of one bucket: others may claim them at once.
-- KEYS[1..] streams   ARGV[1] holder
-- Returns how many it held
local released = 0
for _, key in ipairs(KEYS) do
  if redis.call('HGET', key, 'holder') == ARGV[1] then
    redis.call('DEL', key)
    released = released + 1
  end
end
return released
