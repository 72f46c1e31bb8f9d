-- the server's identity
holds_token()
local there = redis.call('HMGET', META, 'incarnation', 'rebuilding', 'emptying')
local same = identity() == ARGV[3]
if same and there[1] == ARGV[3] then return {'ok'} end
if not same or there[2] ~= ARGV[3] or there[3] then
    refuse('ledger_lost', 'it was lost again while its ledger was rebuilt')
end
redis.call('HDEL', META, 'rebuilding')
redis.call('HSET', META, 'incarnation', ARGV[3])
return {'ok'}
