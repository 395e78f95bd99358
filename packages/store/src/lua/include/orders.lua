-- A list of orders is JSON with a line for each order, which begins with its orderId (row-texts.ts): these take it apart.

-- The texts of the orders; false where the list is written otherwise.
local function split_orders(value)
  local texts = {}
  if value == '' or value == '[]' then return texts end
  if string.sub(value, 1, 2) ~= '[\n' then return false end

  local from = 3
  local at = string.find(value, '\n', from, true)
  while at do
    local last = string.sub(value, at - 1, at - 1) == ',' and at - 2 or at - 1
    texts[#texts + 1] = string.sub(value, from, last)
    from = at + 1
    at = string.find(value, '\n', from, true)
  end
  return texts
end

local function join_orders(texts)
  if #texts == 0 then return '[]' end
  return '[\n' .. table.concat(texts, ',\n') .. '\n]'
end

local function find_order(texts, order_id)
  local start = '{"orderId":"' .. order_id .. '"'
  for index, text in ipairs(texts) do
    if string.sub(text, 1, #start) == start then return index end
  end
  return false
end

-- Puts an order in its place of a list, or at its end; `text` false takes it out.
local function put_order(texts, place, text)
  if text then
    texts[place or #texts + 1] = text
  elseif place then
    for index = place, #texts - 1 do
      texts[index] = texts[index + 1]
    end
    texts[#texts] = nil
  end
end
