-- The session of an account's stream while it vouches for rows: its lease lives, and it is synced. false = nothing vouches.
local function live_session(stream_key, now)
  local stream = redis.call('HMGET', stream_key, 'session', 'synced', 'until')
  local is_live = stream[1] and stream[1] ~= '' and stream[2] == '1' and stream[3] and tonumber(stream[3]) > now
  return is_live and stream[1]
end

-- A row counts while it is young enough, or while the session that it was read in vouches for it: {counts, is vouched for}.
local function standing(row, session, now, age_limit)
  local is_vouched = session and row[6] == session
  return is_vouched or now - tonumber(row[1]) <= age_limit, is_vouched
end
