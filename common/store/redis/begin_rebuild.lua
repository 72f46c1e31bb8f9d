-- the token before, the new one, the ceiling of epochs
local expected, token, ceiling = ARGV[3], ARGV[4], ARGV[5]
local held_by = redis.call('HGET', META, 'token')
if held_by and less(expected, held_by) and held_by ~= token then
    refuse('fenced', 'another coordinator has taken over the ledger')
end
first_copy()
local call = redis.call('HGET', META, 'call') or '0'
redis.call('DEL', META)
redis.call('HSET', META, 'token', token, 'epoch', ceiling, 'ceiling', ceiling, 'rebuilding', identity(),
    'emptying', '1', 'call', call)
return {'ok', identity()}
