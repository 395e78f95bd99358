-- Whether those of whom a caller knows are still the ones who are active. ARGV[at] is the number of slots that it asks about; then
-- come slot and monitor id of each, '' = nobody. Returns that, and where the next argument is.
local function is_still_active(active_key, at)
  local last = at + 2 * tonumber(ARGV[at])
  for index = at + 1, last, 2 do
    if (redis.call('HGET', active_key, ARGV[index]) or '') ~= ARGV[index + 1] then return false, last + 1 end
  end
  return true, last + 1
end
