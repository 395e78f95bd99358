-- A position as a frame told it, with the time of its opening from `held` where the frame does not name it (frames of 2025 do not) and
-- both tell of one position: open, on one side.
local function with_open_time(value, held)
  if value == '' or held == '' or string.find(value, '"openTimeMs":', 1, true) then return value end
  local row, before = cjson.decode(value), cjson.decode(held)
  if not before.openTimeMs or before.side ~= row.side or before.size == '0d' or row.size == '0d' then return value end
  return string.sub(value, 1, -2) .. ',"openTimeMs":' .. string.format('%.0f', before.openTimeMs) .. '}'
end
