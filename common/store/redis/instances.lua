-- task
enter()
local all = {'ok'}
for _, id in ipairs(redis.call('ZRANGE', key('task', ARGV[3]), 0, -1)) do
    all[#all + 1] = redis.call('HGETALL', key('run', id))
end
return all
