-- the token before, the new one
whole()
local token = redis.call('HGET', META, 'token')
if token and less(ARGV[4], token) then
    refuse('fenced', 'another coordinator has taken over the ledger')
end
if token ~= ARGV[3] and token ~= ARGV[4] then
    refuse('ledger_lost', 'another coordinator had its ledger meanwhile, so it must be rebuilt')
end
redis.call('HSET', META, 'token', ARGV[4])
return {'ok'}
