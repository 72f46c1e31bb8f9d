-- holder, time to live. Only against ping-pong: it needs neither a whole ledger nor a token.
local there, time = redis.call('HMGET', LEAD, 'holder', 'until'), now()
if there[1] and there[1] ~= ARGV[3] and time < tonumber(there[2]) then return {'ok', '0'} end
redis.call('HSET', LEAD, 'holder', ARGV[3], 'until', text(time + tonumber(ARGV[4])))
return {'ok', '1'}
