-- What rules look at in a position, as text.
local function position_matter(value)
  if value == '' then return 'flat' end
  local row = cjson.decode(value)
  if row.size == '0d' then return 'flat' end
  local parts = { row.size, tostring(row.side), tostring(row.stopLoss), tostring(row.trailingStop), tostring(row.averagePrice), tostring(row.status) }
  return table.concat(parts, '|')
end

-- The same of an order.
local function order_matter(text)
  local row = cjson.decode(text)
  local levels = { tostring(row.price), tostring(row.triggerPrice), tostring(row.stopLoss) }
  return table.concat({ tostring(row.status), tostring(row.qty), tostring(row.leavesQty), table.concat(levels, '|') }, '|')
end

-- Whether two lists hold the same orders, in whatever order.
local function same_orders(value, other_value)
  local texts, others = split_orders(value), split_orders(other_value)
  if not texts or not others or #texts ~= #others then return false end
  for _, text in ipairs(texts) do
    local row = cjson.decode(text)
    local place = find_order(others, row.orderId)
    if not place or (others[place] ~= text and order_matter(others[place]) ~= order_matter(text)) then return false end
  end
  return true
end
