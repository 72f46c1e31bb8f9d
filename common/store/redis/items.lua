-- run
enter()
run_of(ARGV[3])
local all = {'ok'}
for _, id in ipairs(redis.call('ZRANGE', key('items', ARGV[3]), 0, -1)) do
    all[#all + 1] = {redis.call('HGETALL', key('item', id)), redis.call('HGETALL', key('parts', id))}
end
return all
