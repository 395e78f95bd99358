-- Counts the monitors whose due time has come.
-- KEYS[1] due of the lane
-- Returns the count
--include now
return redis.call('ZCOUNT', KEYS[1], '-inf', now_ms())
