-- where to go on; answers where the next call goes on, '0' when the store is empty. A late copy of a
-- call finds that the emptying is over and removes nothing.
holds_token()
if redis.call('HGET', META, 'rebuilding') ~= identity() then
    refuse('ledger_lost', 'it was lost again while its ledger was rebuilt')
end
if not redis.call('HGET', META, 'emptying') then return {'ok', '0'} end
local pattern = string.gsub(PREFIX, '[%*%?%[%]\\]', '\\%0') .. '*'
local found = redis.call('SCAN', ARGV[3], 'MATCH', pattern, 'COUNT', 5000)
for _, name in ipairs(found[2]) do
    if name ~= META and name ~= LEAD then redis.call('UNLINK', name) end
end
if found[1] == '0' then redis.call('HDEL', META, 'emptying') end
return {'ok', found[1]}
